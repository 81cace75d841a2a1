import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { type FoundObject, findObjects } from '../../resources/find-objects.ts';

/** PHASE is the annotation with the state of a rollout. */
export const PHASE = 'openshift.io/deployment.phase';

/** FoundConfig is a DeploymentConfig with the resource it belongs to. */
export interface FoundConfig extends FoundObject {
  readonly config: DeploymentConfig;
}

/** asConfig takes an object for a DeploymentConfig; `refusal` is the message about anything else. */
export function asConfig(
  found: FoundObject,
  refusal: (kind: string, resource: string) => string,
): FoundConfig {
  const { resource, group, kind } = found.mapping;
  if (resource !== 'deploymentconfigs') {
    const suffix = group === '' ? '' : `.${group}`;
    const name = JSON.stringify(found.object.metadata.name);
    throw new CliError(refusal(`${kind}${suffix}`, `${resource}${suffix} ${name}`));
  }
  return { ...found, config: found.object as DeploymentConfig };
}

/**
 * findConfigs gets the DeploymentConfigs of a command line; a bare name means one too. `verb` is
 * for the message about anything else.
 */
export async function findConfigs(invocation: Invocation, verb: string): Promise<FoundConfig[]> {
  const { args, flags } = invocation;
  const noFiles = !flags.has('filename') || flags.list('filename').length === 0;
  if (args.length === 0 && noFiles) throw new CliError('required resource not specified');
  const [first = ''] = args;
  const isBare = args.length === 1 && !first.includes('/');
  const found = await findObjects(invocation, isBare ? { args: ['deploymentconfigs', first] } : {});
  return found.map((one) =>
    asConfig(one, (_, name) => `${name} ${verb} is not supported: expected a deployment config`),
  );
}

/** rolloutsOf gets the replication controllers of a DeploymentConfig, the newest first. */
export async function rolloutsOf(
  { config, namespace }: FoundConfig,
  { session }: Invocation,
): Promise<ReplicationController[]> {
  const client = await session.client();
  const labelSelector = `openshift.io/deployment-config.name=${config.metadata.name}`;
  const { items } = await client.list(REPLICATION_CONTROLLERS, { namespace, labelSelector });
  return items.toSorted((a, b) => versionOf(b) - versionOf(a));
}

/** versionOf is the number of a rollout. */
export function versionOf({ metadata }: ReplicationController): number {
  return Number(metadata.annotations?.['openshift.io/deployment-config.latest-version'] ?? 0);
}

/** phaseOf is the state of a rollout: New, Pending, Running, Complete or Failed. */
export function phaseOf({ metadata }: ReplicationController): string {
  return metadata.annotations?.[PHASE] || 'New';
}

/** isEnded tells whether a rollout is over. */
export function isEnded(rollout: ReplicationController): boolean {
  return phaseOf(rollout) === 'Complete' || phaseOf(rollout) === 'Failed';
}
