import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { createMergePatch } from '../../../machinery/merge-patch.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { toYaml } from '../../../machinery/yaml/to-yaml.ts';
import { CliError, ExitError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { stringFlag } from '../../flags/flag-spec.ts';
import { nameOf, newObjectPrinter } from '../../print/object-printer.ts';
import { errorMessage } from '../../print-error.ts';
import {
  FILENAME_FLAGS,
  type FoundObject,
  findObjects,
  SELECTOR_FLAGS,
} from '../../resources/find-objects.ts';
import { parseDocuments } from '../../resources/manifests.ts';
import { fieldManagerFlag, VALIDATE_FLAG, writeOptionsOf } from '../../write/write-flags.ts';

type JsonObject = Parameters<typeof createMergePatch>[0];

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

function editorOf({ env }: Invocation['io']): string {
  for (const name of ['OC_EDITOR', 'KUBE_EDITOR', 'EDITOR']) if (env[name]) return env[name] ?? '';
  return 'vi';
}

function openEditor(path: string, { io }: Invocation): Promise<void> {
  const editor = editorOf(io);
  return new Promise((done, fail) => {
    const shell = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
    shell.on('error', fail);
    shell.on('close', (code) => {
      if (code === 0) done();
      else fail(new CliError(`there was a problem with the editor ${JSON.stringify(editor)}`));
    });
  });
}

function comments(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
}

class Editing {
  private readonly invocation: Invocation;
  private readonly path: string;
  private failure = '';

  constructor(invocation: Invocation, path: string) {
    this.invocation = invocation;
    this.path = path;
  }

  /** edit lets the user change one object until the server takes it, or nothing changes. */
  async edit(found: FoundObject): Promise<void> {
    const { io, flags } = this.invocation;
    const asJson = flags.string('output') === 'json';
    const print = asJson ? await newObjectPrinter(flags, io) : toYaml;
    const { managedFields: _, ...metadata } = found.object.metadata;
    const original = { ...found.object, metadata };
    let text = print?.(original) ?? '';
    for (;;) {
      writeFileSync(this.path, `${asJson ? '' : HEADER}${this.failure}${text}`);
      const before = text;
      await openEditor(this.path, this.invocation);
      text = readFileSync(this.path, 'utf8').replace(/^#.*\n/gm, '');
      if (text.trim() === '') throw new CliError('Edit cancelled, saved file was empty.');
      if (text === before) {
        io.out('Edit cancelled, no changes made.\n');
        if (this.failure !== '') throw new ExitError(1);
        return;
      }
      if (await this.save(found, original, text)) return;
    }
  }

  private async save(
    { mapping, namespace }: FoundObject,
    original: KubeObject,
    text: string,
  ): Promise<boolean> {
    const { io, session, flags } = this.invocation;
    try {
      const [edited] = await parseDocuments(text, this.path);
      if (deepEqual(edited, original)) {
        io.out('Edit cancelled, no changes made.\n');
        return true;
      }
      const body = createMergePatch(original as unknown as JsonObject, edited as JsonObject);
      const client = await session.client();
      const ref = { namespace, name: original.metadata.name ?? '' };
      await client.patch(
        mapping,
        ref,
        { type: 'application/merge-patch+json', body },
        writeOptionsOf(flags, 'none'),
      );
      io.out(`${nameOf(original)} edited\n`);
      return true;
    } catch (error) {
      const message = errorMessage(error);
      io.err(`${message}\n`);
      this.failure = comments(message);
      return false;
    }
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  const found = await findObjects(invocation, { emptyMeansAll: true });
  if (found.length === 0) throw new CliError('edit cancelled, no objects found');
  const folder = mkdtempSync(join(tmpdir(), 'sampan-edit-'));
  try {
    const extension = flags.string('output') === 'json' ? 'json' : 'yaml';
    for (const one of found)
      await new Editing(invocation, join(folder, `object.${extension}`)).edit(one);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const command: Command = {
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  long: `Edit a resource from the default editor.

 The edit command allows you to directly edit any API resource you can retrieve via the command-line tools. It will open the editor defined by your OC_EDITOR, KUBE_EDITOR, or EDITOR environment variables, or fall back to 'vi'.`,
  examples: `# Edit the service named 'registry'
{program} edit svc/registry

# Use an alternative editor
KUBE_EDITOR="nano" {program} edit svc/registry`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS.filter((flag) => flag.name === 'selector'),
    stringFlag('output', 'Output format. One of: (json, yaml).', { short: 'o' }),
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-edit'),
  ],
  run,
};
