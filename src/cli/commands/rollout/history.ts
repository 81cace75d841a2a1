import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { Text } from '../../describe/describer.ts';
import { writePodTemplate } from '../../describe/pod.ts';
import { intFlag } from '../../flags/flag-spec.ts';
import { nameOf } from '../../print/object-printer.ts';
import { OPENSHIFT_DESCRIBE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';
import { FILENAME_FLAGS } from '../../resources/find-objects.ts';
import { findConfigs, phaseOf, rolloutsOf, versionOf } from './deployment-configs.ts';

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
  const text = new Text();
  writePodTemplate(found.spec?.template, text);
  return text.raw();
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  const revision = flags.int('revision');
  if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  for (const found of await findConfigs(invocation, 'rollout history')) {
    const rollouts = await rolloutsOf(found, invocation);
    const suffix = revision > 0 ? `with revision #${revision}` : '';
    io.out(`${nameOf(found.config)} ${suffix}\n`);
    const text =
      rollouts.length === 0
        ? 'No rollout history found.'
        : revision > 0
          ? describeRevision(rollouts, revision)
          : historyTable(rollouts);
    io.out(`${text}\n`);
  }
}

export const command: Command = {
  use: 'history (TYPE NAME | TYPE/NAME)',
  long: 'View previous rollout revisions and configurations.',
  examples: `# View the rollout history of a deployment
{program} rollout history dc/nginx

# View the details of deployment revision 3
{program} rollout history dc/nginx --revision=3`,
  flags: [
    ...FILENAME_FLAGS,
    intFlag('revision', 'See the details, including podTemplate of the revision specified'),
  ],
  run,
};
