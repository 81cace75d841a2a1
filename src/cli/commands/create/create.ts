import { ExitError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS } from '../../resources/find-objects.ts';
import { withLastApplied } from '../../write/last-applied.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  VALIDATE_FLAG,
  writeOptionsOf,
} from '../../write/write-flags.ts';
import { writeManifests } from '../../write/write-manifests.ts';
import { GENERATORS } from './generators.ts';
import { placeIn } from './place.ts';

/** refuse answers `create` without a file: with the help, or for an argument that is no kind. */
async function refuse({ args, io, commandPath: path }: Invocation): Promise<never> {
  io.err('Error: must specify one of -f and -k\n\n');
  if (args.length > 0) throw new UsageError(`unknown command ${JSON.stringify(args.join(' '))}`);
  const { commandHelp } = await import('../../help.ts');
  const short = 'Create a resource from a file or from stdin';
  io.err(commandHelp({ command, short, path, program: io.program }));
  throw new ExitError(1);
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, session, args } = invocation;
  if (flags.list('filename').length === 0) return refuse(invocation);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  const dryRun = dryRunOf(invocation);
  const client = await session.client();
  await writeManifests(invocation, { doing: 'creating', done: 'created' }, async (manifest) => {
    const { mapping, placed } = await placeIn(session, manifest.object, flags, manifest.source);
    const wanted = flags.bool('save-config') ? withLastApplied(placed) : placed;
    if (dryRun === 'client') return wanted;
    return client.create(mapping, wanted, writeOptionsOf(flags, dryRun));
  });
}

export const command: Command = {
  use: 'create -f FILENAME',
  long: 'Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.',
  examples: `# Create a pod using the data in pod.json
{program} create -f ./pod.json

# Create a pod based on the JSON passed into stdin
cat pod.json | {program} create -f -`,
  flags: [
    ...FILENAME_FLAGS,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-create'),
    boolFlag(
      'save-config',
      'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
    ),
  ],
  subcommands: GENERATORS,
  run,
};
