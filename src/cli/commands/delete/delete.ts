import type { DeleteOptions } from '../../../machinery/meta/v1.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { qualifiedKind } from '../../discovery/mapping.ts';
import { boolFlag, durationFlag, intFlag, stringFlag } from '../../flags/flag-spec.ts';
import { FILENAME_FLAGS, isSelecting, SELECTOR_FLAGS } from '../../resources/find-objects.ts';
import { dryRunSuffix, throwAll } from '../../write/report.ts';
import { DRY_RUN_FLAG, dryRunOf } from '../../write/write-flags.ts';
import { type Victim, victimsOf } from './victims.ts';
import { waitUntilGone } from './wait-until-gone.ts';

function gracePeriod({ flags, io }: Invocation): number {
  const given = flags.int('grace-period');
  if (flags.bool('now')) {
    if (given >= 0) throw new CliError('--now and --grace-period cannot be specified together');
    return 1;
  }
  if (given === 0 && !flags.bool('force')) return 1;
  if (flags.bool('force') && given <= 0) {
    io.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
    return 0;
  }
  return given;
}

const POLICIES: Readonly<Record<string, string>> = {
  background: 'Background',
  true: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  false: 'Orphan',
};

function deleteOptionsOf(invocation: Invocation): Partial<DeleteOptions> {
  const { flags } = invocation;
  const cascade = flags.string('cascade');
  const propagationPolicy = POLICIES[cascade];
  if (!propagationPolicy)
    throw new CliError(
      `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
    );
  const grace = gracePeriod(invocation);
  return {
    propagationPolicy,
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRunOf(invocation) === 'server' ? { dryRun: ['All'] } : {}),
  };
}

function line({ mapping, name }: Victim, invocation: Invocation): string {
  const { flags } = invocation;
  const kind = qualifiedKind(mapping);
  if (flags.string('output') === 'name') return `${kind}/${name}\n`;
  const force = flags.bool('force') && flags.int('grace-period') <= 0 ? 'force deleted' : 'deleted';
  return `${kind} "${name}" ${force}${dryRunSuffix(dryRunOf(invocation))}\n`;
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io, session } = invocation;
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new CliError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  const options = deleteOptionsOf(invocation);
  const client = await session.client();
  const victims = await victimsOf(invocation);
  const ignore = flags.changed('ignore-not-found')
    ? flags.bool('ignore-not-found')
    : isSelecting(flags);
  const errors: unknown[] = [];
  const gone: Victim[] = [];
  for (const victim of victims)
    try {
      const { mapping, namespace, name } = victim;
      if (dryRunOf(invocation) !== 'client')
        await client.delete(mapping, { namespace, name }, options);
      io.out(line(victim, invocation));
      gone.push(victim);
    } catch (error) {
      if (!(ignore && isNotFound(error))) errors.push(error);
    }
  if (victims.length === 0) io.out('No resources found\n');
  if (flags.bool('wait') && dryRunOf(invocation) === 'none')
    await waitUntilGone(gone, invocation, flags.durationMs('timeout'));
  throwAll(errors);
}

export const command: Command = {
  use: 'delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  long: `Delete resources by file names, stdin, resources and names, or by resources and label selector.

 JSON and YAML formats are accepted. Only one type of argument may be specified: file names, resources and names, or resources and label selector.`,
  examples: `# Delete a pod using the type and name specified in pod.json
{program} delete -f ./pod.json

# Delete pods and services with label name=myLabel
{program} delete pods,services -l name=myLabel

# Delete everything of an application
{program} delete all -l app=ruby-ex`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    DRY_RUN_FLAG,
    stringFlag('output', 'Output mode. Use "-o name" for shorter output (resource/name).', {
      short: 'o',
    }),
    stringFlag(
      'cascade',
      'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
      { default: 'background', optionalValue: 'background' },
    ),
    boolFlag(
      'force',
      'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
    ),
    intFlag(
      'grace-period',
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
      { default: -1 },
    ),
    boolFlag(
      'ignore-not-found',
      'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    ),
    boolFlag(
      'now',
      'If true, resources are signaled for immediate shutdown (same as --grace-period=1).',
    ),
    durationFlag(
      'timeout',
      'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    ),
    boolFlag(
      'wait',
      'If true, wait for resources to be gone before returning. This waits for finalizers.',
      { default: true },
    ),
  ],
  run,
};
