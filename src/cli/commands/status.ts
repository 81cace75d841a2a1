import {
  BUILD_CONFIGS,
  BUILDS,
  DEPLOYMENT_CONFIGS,
  DEPLOYMENTS,
  IMAGE_STREAMS,
  PODS,
  PROJECTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  ROUTES,
  SERVICES,
} from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound, isStatusError } from '../../machinery/status-error.ts';
import { UsageError } from '../cli-error.ts';
import type { Command, Invocation } from '../command.ts';
import { boolFlag } from '../flags/flag-spec.ts';
import { describeProject } from '../status/describe-project.ts';
import type { ProjectState } from '../status/project-state.ts';

async function load(client: Client, namespace: string): Promise<ProjectState> {
  const forbidden: string[] = [];
  const list = async <T extends KubeObject>(type: ResourceType<T>): Promise<T[]> => {
    try {
      return (await client.list(type, { namespace })).items;
    } catch (error) {
      if (!isStatusError(error, 'Forbidden') && !isNotFound(error)) throw error;
      forbidden.push(type.resource);
      return [];
    }
  };
  const project = client.get(PROJECTS, { name: namespace }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return {
      apiVersion: 'project.openshift.io/v1',
      kind: 'Project',
      metadata: { name: namespace },
    };
  });
  const loaded = await Promise.all([
    project,
    list(SERVICES),
    list(PODS),
    list(REPLICATION_CONTROLLERS),
    list(BUILD_CONFIGS),
    list(BUILDS),
    list(IMAGE_STREAMS),
    list(DEPLOYMENT_CONFIGS),
    list(ROUTES),
    list(DEPLOYMENTS),
    list(REPLICA_SETS),
  ]);
  const [owner, services, pods, replicationControllers, buildConfigs, builds] = loaded;
  const [, , , , , , imageStreams, deploymentConfigs, routes, deployments, replicaSets] = loaded;
  return {
    project: owner,
    services,
    pods,
    replicationControllers,
    deployments,
    replicaSets,
    buildConfigs,
    builds,
    imageStreams,
    deploymentConfigs,
    routes,
    forbidden: forbidden.sort(),
  };
}

async function run({ session, io, flags, args }: Invocation): Promise<void> {
  if (args.length > 0) throw new UsageError('no arguments should be provided');
  const state = await load(await session.client(), session.namespace());
  const { server } = await session.connection();
  const suggest = flags.bool('suggest');
  io.out(describeProject(state, { server, suggest, program: io.program, now: io.now() }));
}

export const command: Command = {
  use: 'status [--suggest]',
  long: `Show a high level overview of the current project.

 This command will show services, deployment configs, build configurations, and active deployments. If you have any misconfigured components, information about them will be shown. For more information about individual items, use the describe command (e.g. 'describe buildconfig', 'describe deploymentconfig', 'describe service').`,
  examples: `# See an overview of the current project
{program} status

# See an overview of the current project including details for any identified issues
{program} status --suggest`,
  flags: [boolFlag('suggest', 'See details for resolving issues.')],
  run,
};
