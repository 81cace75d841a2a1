import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { intFlag } from '../../flags/flag-spec.ts';
import { nameOf } from '../../print/object-printer.ts';
import { OPENSHIFT_DESCRIBE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';
import { type FoundConfig, phaseOf, rolloutsOf, versionOf } from './deployment-configs.ts';
import { historyText, replicaSetsOf, templateText } from './deployments.ts';
import { findTargets, TARGET_FLAGS, type Target } from './targets.ts';

function historyTable(rollouts: readonly ReplicationController[]): string {
  const rows = rollouts.toReversed().map((rollout) => {
    const cause = rollout.metadata.annotations?.['openshift.io/deployment.status-reason'];
    return `${versionOf(rollout)}\t${phaseOf(rollout)}\t${cause || '<unknown>'}\n`;
  });
  return new TabWriter(OPENSHIFT_DESCRIBE_LAYOUT).format(
    `REVISION\tSTATUS\tCAUSE\n${rows.join('')}`,
  );
}

function describeRevision(rollouts: readonly ReplicationController[], revision: number): string {
  const found = rollouts.find((one) => versionOf(one) === revision);
  if (!found) throw new CliError('unable to find the specified revision');
  return templateText(found.spec?.template);
}

async function configHistory(
  found: FoundConfig,
  revision: number,
  invocation: Invocation,
): Promise<string> {
  const rollouts = await rolloutsOf(found, invocation);
  if (rollouts.length === 0) return 'No rollout history found.';
  return revision > 0 ? describeRevision(rollouts, revision) : historyTable(rollouts);
}

async function historyOf(
  target: Target,
  revision: number,
  invocation: Invocation,
): Promise<string> {
  if (target.of === 'config') return configHistory(target.found, revision, invocation);
  const client = await invocation.session.client();
  return historyText(await replicaSetsOf(target.found.deployment, client), revision);
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  const revision = flags.int('revision');
  if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  const refusal = (kind: string) =>
    `no history viewer has been implemented for ${JSON.stringify(kind)}`;
  for (const target of await findTargets(invocation, refusal)) {
    const text = await historyOf(target, revision, invocation);
    const suffix = revision > 0 ? `with revision #${revision}` : '';
    io.out(`${nameOf(target.found.object)} ${suffix}\n${text}\n`);
  }
}

export const command: Command = {
  use: 'history (TYPE NAME | TYPE/NAME)',
  long: 'View previous rollout revisions and configurations.',
  examples: `# View the rollout history of a deployment
{program} rollout history dc/nginx
{program} rollout history deployment/nginx

# View the details of deployment revision 3
{program} rollout history dc/nginx --revision=3`,
  flags: [
    ...TARGET_FLAGS,
    intFlag('revision', 'See the details, including podTemplate of the revision specified'),
  ],
  run,
};
