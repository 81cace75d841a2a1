import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, intFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS } from '../../resources/find-objects.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  VALIDATE_FLAG,
  writeOptionsOf,
} from '../../write/write-flags.ts';
import { writeManifests } from '../../write/write-manifests.ts';
import { type Placed, placeIn } from '../create/place.ts';
import { waitUntilGone } from '../delete/wait-until-gone.ts';

async function replaceOne(place: Placed, invocation: Invocation) {
  const { session, flags } = invocation;
  const client = await session.client();
  const options = writeOptionsOf(flags, dryRunOf(invocation));
  const { mapping, placed, namespace } = place;
  const name = placed.metadata.name ?? '';
  if (!flags.bool('force')) return client.update(mapping, placed, options);
  await client
    .delete(
      mapping,
      { namespace, name },
      { gracePeriodSeconds: Math.max(0, flags.int('grace-period')) },
    )
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  await waitUntilGone([{ mapping, namespace, name }], invocation, 0);
  return client.create(mapping, placed, options);
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, session } = invocation;
  if (flags.list('filename').length === 0) throw new CliError('must specify one of -f and -k');
  const words = { doing: 'replacing', done: 'replaced' };
  await writeManifests(invocation, words, async ({ object, source }) => {
    if (!object.metadata.name) throw new CliError('resource name may not be empty');
    const place = await placeIn(session, object, flags, source);
    return dryRunOf(invocation) === 'client' ? place.placed : replaceOne(place, invocation);
  });
}

export const command: Command = {
  use: 'replace -f FILENAME',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. If replacing an existing resource, the complete resource spec must be provided.',
  examples: '# Replace a pod using the data in pod.json\n{program} replace -f ./pod.json',
  flags: [
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-replace'),
    boolFlag(
      'force',
      'If true, immediately remove resources from API and bypass graceful deletion, and create them again.',
    ),
    intFlag(
      'grace-period',
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.',
      { default: -1 },
    ),
    ...OUTPUT_FLAGS,
  ],
  run,
};
