import type { Deployment, ReplicaSet } from '../../apis/apps/v1/types.ts';
import type { DeploymentConfig } from '../../apis/apps.openshift.io/v1/types.ts';
import type { Build, BuildConfig } from '../../apis/build.openshift.io/v1/types.ts';
import type { Pod, ReplicationController, Service } from '../../apis/core/v1/types.ts';
import type { ImageStream } from '../../apis/image.openshift.io/v1/types.ts';
import type { Project } from '../../apis/project.openshift.io/v1/types.ts';
import type { Route } from '../../apis/route.openshift.io/v1/types.ts';

/** ProjectState is everything of a project that `status` looks at. */
export interface ProjectState {
  readonly project: Project;
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly replicationControllers: readonly ReplicationController[];
  readonly deployments: readonly Deployment[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly buildConfigs: readonly BuildConfig[];
  readonly builds: readonly Build[];
  readonly imageStreams: readonly ImageStream[];
  readonly deploymentConfigs: readonly DeploymentConfig[];
  readonly routes: readonly Route[];
  /** Resources that the user may not list. */
  readonly forbidden: readonly string[];
}

const CONFIG_NAME = 'openshift.io/deployment-config.name';
const VERSION = 'openshift.io/deployment-config.latest-version';

/** deploymentConfigOf is the name of the DeploymentConfig that made a replication controller. */
export function deploymentConfigOf(rc: ReplicationController): string | undefined {
  return rc.metadata.annotations?.[CONFIG_NAME];
}

/** deploymentVersion is the number of a rollout. */
export function deploymentVersion(rc: ReplicationController): number {
  return Number(rc.metadata.annotations?.[VERSION] ?? 0);
}

/** deploymentsOf are the rollouts of a DeploymentConfig, the newest first. */
export function deploymentsOf(
  name: string | undefined,
  controllers: readonly ReplicationController[],
): ReplicationController[] {
  return controllers
    .filter((rc) => deploymentConfigOf(rc) === name)
    .sort((a, b) => deploymentVersion(b) - deploymentVersion(a));
}

/** matches tells whether labels satisfy a selector; an empty selector matches nothing. */
export function matches(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}

/** byName orders objects by their names. */
export function byName<T extends { metadata: { name?: string } }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}
