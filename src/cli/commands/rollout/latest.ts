import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { DEPLOYMENT_CONFIGS } from '../../../apis/resource-types.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { newReport } from '../../write/report.ts';
import { DRY_RUN_FLAG, dryRunOf } from '../../write/write-flags.ts';
import { findConfigs, isEnded, phaseOf, rolloutsOf } from './deployment-configs.ts';

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, session, io } = invocation;
  if (args.length !== 1) throw new CliError('one deployment config name is needed as argument.');
  const [found] = await findConfigs(invocation, 'rollout latest');
  if (!found) throw new CliError('a deployment config name is required');
  const { config } = found;
  if (config.spec?.paused) throw new CliError('cannot deploy a paused deployment config');
  const name = config.metadata.name ?? '';
  const version = config.status?.latestVersion ?? 0;
  const current = (await rolloutsOf(found, invocation)).find(
    ({ metadata }) => metadata.name === `${name}-${version}`,
  );
  if (current && !isEnded(current))
    throw new CliError(`#${version} is already in progress (${phaseOf(current)}).`);
  let result: DeploymentConfig = config;
  if (dryRunOf(invocation) !== 'client') {
    const client = await session.client();
    const ref = { namespace: session.namespace(), name };
    result = await client.post(DEPLOYMENT_CONFIGS, ref, 'instantiate', {
      apiVersion: 'apps.openshift.io/v1',
      kind: 'DeploymentRequest',
      name,
      latest: !flags.bool('again'),
      force: true,
    });
  }
  if (flags.string('output') === 'revision') {
    io.out(String(result.status?.latestVersion ?? 0));
    return;
  }
  const object = { ...result, apiVersion: config.apiVersion, kind: config.kind };
  (await newReport(invocation))(object, 'rolled out');
}

export const command: Command = {
  use: 'latest DEPLOYMENTCONFIG',
  long: 'Start a new rollout for a deployment config with the latest state from its triggers.\n\n This command allows you to run a deployment on demand.',
  examples: `# Start a new rollout based on the latest images defined in the image change triggers
{program} rollout latest dc/nginx

# Print the rolled out deployment config
{program} rollout latest dc/nginx -o json`,
  flags: [
    boolFlag(
      'again',
      'If true, deploy the current pod template without updating state from triggers',
    ),
    DRY_RUN_FLAG,
    ...OUTPUT_FLAGS,
  ],
  run,
};
