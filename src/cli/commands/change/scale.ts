import { resourcePath } from '../../../client/resource-path.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { durationFlag, intFlag, stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import {
  FILENAME_FLAGS,
  type FoundObject,
  findObjects,
  SELECTOR_FLAGS,
} from '../../resources/find-objects.ts';
import { newReport } from '../../write/report.ts';
import { DRY_RUN_FLAG, dryRunOf } from '../../write/write-flags.ts';

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

function checkPreconditions(scale: Scale, { flags }: Invocation): void {
  const current = flags.int('current-replicas');
  const version = flags.string('resource-version');
  if (current >= 0 && (scale.spec?.replicas ?? 0) !== current)
    throw new CliError(`Expected replicas to be ${current}, was ${scale.spec?.replicas ?? 0}`);
  if (version !== '' && scale.metadata.resourceVersion !== version)
    throw new CliError(
      `Expected resource version to be ${version}, was ${scale.metadata.resourceVersion}`,
    );
}

async function scaleOne({ mapping, object, namespace }: FoundObject, invocation: Invocation) {
  const { flags, session } = invocation;
  const name = object.metadata.name ?? '';
  const client = await session.client();
  const ref = { namespace, name };
  if (flags.int('current-replicas') >= 0 || flags.string('resource-version') !== '')
    checkPreconditions(await client.get(mapping, ref, 'scale'), invocation);
  const transport = await session.transport();
  await transport.request({
    method: 'PATCH',
    path: resourcePath(mapping, { ...ref, subresource: 'scale' }),
    query: new URLSearchParams(dryRunOf(invocation) === 'server' ? { dryRun: 'All' } : {}),
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { spec: { replicas: flags.int('replicas') } },
  });
}

async function waitForReplicas(
  { mapping, object, namespace }: FoundObject,
  invocation: Invocation,
) {
  const { setTimeout: sleep } = await import('node:timers/promises');
  const { session, flags, io } = invocation;
  const client = await session.client();
  const deadline = Date.now() + flags.durationMs('timeout');
  const wanted = flags.int('replicas');
  while (Date.now() < deadline) {
    const name = object.metadata.name ?? '';
    const scale: Scale = await client.get(mapping, { namespace, name }, 'scale');
    if (scale.status?.replicas === wanted) return;
    await sleep(100, undefined, { signal: io.signal });
  }
  throw new CliError('timed out waiting for the condition');
}

async function run(invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  if (!flags.changed('replicas')) throw new CliError('required flag(s) "replicas" not set');
  if (flags.int('replicas') < 0)
    throw new CliError(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    );
  const found = await findObjects(invocation);
  if (found.length === 0) throw new CliError('no objects passed to scale');
  const report = await newReport(invocation);
  for (const one of found) {
    if (dryRunOf(invocation) !== 'client') await scaleOne(one, invocation);
    if (flags.durationMs('timeout') > 0) await waitForReplicas(one, invocation);
    report(one.object, 'scaled');
  }
}

export const command: Command = {
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  long: `Set a new size for a deployment config, deployment, replica set, or replication controller.

 Scale also allows users to specify one or more preconditions for the scale action.`,
  examples: `# Scale a deployment config named 'ruby-ex' to 3
{program} scale --replicas=3 dc/ruby-ex

# If the deployment config named mysql's current size is 2, scale mysql to 3
{program} scale --current-replicas=2 --replicas=3 dc/mysql`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS.filter((flag) => flag.name === 'selector' || flag.name === 'all'),
    DRY_RUN_FLAG,
    ...OUTPUT_FLAGS,
    intFlag('replicas', 'The new desired number of replicas. Required.', { default: -1 }),
    intFlag(
      'current-replicas',
      'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
      { default: -1 },
    ),
    stringFlag(
      'resource-version',
      'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
    ),
    durationFlag(
      'timeout',
      "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
    ),
  ],
  run,
};
