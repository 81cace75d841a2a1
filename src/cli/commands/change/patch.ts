import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PatchType } from '../../../client/client.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS, type FoundObject, findObjects } from '../../resources/find-objects.ts';
import { parseDocuments } from '../../resources/manifests.ts';
import { newReport } from '../../write/report.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  writeOptionsOf,
} from '../../write/write-flags.ts';

const TYPES: Readonly<Record<string, PatchType>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

async function patchOf({ flags, io }: Invocation): Promise<object> {
  const file = flags.string('patch-file');
  const text = file === '' ? flags.string('patch') : readFileSync(resolve(io.cwd, file), 'utf8');
  if (text === '')
    throw new CliError('must specify --patch or --patch-file containing the contents of the patch');
  const [value] = await parseDocuments(text, 'patch');
  if (typeof value !== 'object' || value === null)
    throw new CliError(
      `unable to parse ${JSON.stringify(text)}: json: cannot unmarshal into Go value of type map[string]interface {}`,
    );
  return value;
}

async function patchOne(
  { mapping, object, namespace }: FoundObject,
  body: object,
  invocation: Invocation,
) {
  const { session, flags } = invocation;
  const asked = TYPES[flags.string('type')];
  if (!asked)
    throw new UsageError(
      `--type must be one of [json merge strategic], not ${JSON.stringify(flags.string('type'))}`,
    );
  const client = await session.client();
  const ref = { namespace, name: object.metadata.name ?? '' };
  const subresource = flags.string('subresource');
  const options = {
    ...writeOptionsOf(flags, dryRunOf(invocation)),
    ...(subresource ? { subresource } : {}),
  };
  const send = (type: PatchType) => client.patch(mapping, ref, { type, body }, options);
  return send(asked).catch((error: unknown) => {
    const isDefault = !flags.changed('type');
    if (isDefault && isStatusError(error, 'UnsupportedMediaType'))
      throw new CliError(
        `strategic merge patch is not supported for ${mapping.kind}, use --type=merge`,
        { cause: error },
      );
    throw error;
  });
}

async function run(invocation: Invocation): Promise<void> {
  const body = await patchOf(invocation);
  const report = await newReport(invocation);
  for (const found of await findObjects(invocation)) {
    const { object } = found;
    const patched =
      dryRunOf(invocation) === 'client' ? object : await patchOne(found, body, invocation);
    const same = patched.metadata.resourceVersion === object.metadata.resourceVersion;
    const { apiVersion, kind } = object;
    report({ ...patched, apiVersion, kind }, same ? 'patched (no change)' : 'patched');
  }
}

export const command: Command = {
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  long: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\n JSON and YAML formats are accepted.',
  examples: `# Partially update a node using a strategic merge patch, specifying the patch as JSON
{program} patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# Update a container's image using a JSON patch with positional arrays
{program} patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'`,
  flags: [
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-patch'),
    stringFlag('patch', 'The patch to be applied to the resource JSON file.', { short: 'p' }),
    stringFlag('patch-file', 'A file containing a patch to be applied to the resource.'),
    stringFlag(
      'subresource',
      'If specified, patch will operate on the subresource of the requested object. Must be one of [status scale]. This flag is alpha and may change in the future.',
    ),
    stringFlag('type', 'The type of patch being provided; one of [json merge strategic]', {
      default: 'strategic',
    }),
    ...OUTPUT_FLAGS,
  ],
  run,
};
