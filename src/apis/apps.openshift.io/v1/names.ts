/** Annotations, labels and values by which deployments of a DeploymentConfig are known (openshift/api apps/v1). */
export const CONFIG_NAME = 'openshift.io/deployment-config.name';
export const CONFIG_VERSION = 'openshift.io/deployment-config.latest-version';
export const ENCODED_CONFIG = 'openshift.io/encoded-deployment-config';
export const PHASE = 'openshift.io/deployment.phase';
export const STATUS_REASON = 'openshift.io/deployment.status-reason';
export const CANCELLED = 'openshift.io/deployment.cancelled';
export const DEPLOYMENT_NAME = 'openshift.io/deployment.name';
export const DESIRED_REPLICAS = 'kubectl.kubernetes.io/desired-replicas';
export const DEPLOYMENT_LABEL = 'deployment';
export const CONFIG_LABEL = 'deploymentconfig';
export const CANCELLED_BY_USER = 'cancelled by the user';
export const CANCELLED_BY_NEWER = 'newer deployment was found running';

/** DeploymentPhase is how far a deployment has come; Complete and Failed are final. */
export type DeploymentPhase = 'New' | 'Pending' | 'Running' | 'Complete' | 'Failed';

const PHASES: readonly string[] = ['New', 'Pending', 'Running', 'Complete', 'Failed'];

interface Annotated {
  readonly metadata: { readonly annotations?: Record<string, string>; readonly name?: string };
}

/** phaseOf reads the phase of a deployment's replication controller; New when it says none. */
export function phaseOf(deployment: Annotated): DeploymentPhase {
  const text = deployment.metadata.annotations?.[PHASE] ?? '';
  return PHASES.includes(text) ? (text as DeploymentPhase) : 'New';
}

/** isTerminated is true for a deployment that will not go on. */
export function isTerminated(deployment: Annotated): boolean {
  const phase = phaseOf(deployment);
  return phase === 'Complete' || phase === 'Failed';
}

/** versionOf is the version of the DeploymentConfig that a replication controller deploys; 0 for none. */
export function versionOf(deployment: Annotated): number {
  return Number(deployment.metadata.annotations?.[CONFIG_VERSION] ?? 0) || 0;
}

/** deploymentName is the name of the replication controller of one version. */
export function deploymentName(configName: string, version: number): string {
  return `${configName}-${version}`;
}
