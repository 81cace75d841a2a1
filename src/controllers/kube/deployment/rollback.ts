import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { PodTemplateSpec } from '../../../apis/core/v1/types.ts';
import { numberOf, ownAnnotations, ROLLBACK_TO, sharedAnnotations } from './annotations.ts';
import { byRevision, revisionOf } from './revisions.ts';
import { sameTemplate, withoutHash } from './template-hash.ts';

/** RollbackEvent is what a rollback tells the user. */
export interface RollbackEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Rollback is the deployment without the wish to be rolled back, and what became of the wish. */
export interface Rollback {
  readonly deployment: Deployment;
  readonly event: RollbackEvent;
}

const warning = (reason: string, message: string): RollbackEvent => ({
  type: 'Warning',
  reason: `DeploymentRollback${reason}`,
  message,
});

/** lastRevision is the second highest revision: the one before the present. */
function lastRevision(sets: readonly ReplicaSet[]): bigint {
  const before = [...sets].sort(byRevision).at(-2);
  return before ? revisionOf(before) : 0n;
}

/** takenBack is a deployment as it was in the version of a replica set. */
function takenBack(deployment: Deployment, set: ReplicaSet): Deployment {
  const { spec, metadata } = deployment;
  const template: PodTemplateSpec = withoutHash(set.spec?.template ?? {});
  const annotations = {
    ...ownAnnotations(metadata.annotations),
    ...sharedAnnotations(set.metadata.annotations),
  };
  return {
    ...deployment,
    metadata: { ...metadata, annotations },
    ...(spec ? { spec: { ...spec, template } } : {}),
  };
}

function withoutWish(deployment: Deployment): Deployment {
  const { [ROLLBACK_TO]: _, ...annotations } = deployment.metadata.annotations ?? {};
  return { ...deployment, metadata: { ...deployment.metadata, annotations } };
}

/**
 * rollbackOf answers what the annotation `deprecated.deployment.rollback.to` asks for: the version
 * of a revision, of the one before the present for 0. Undefined when nothing is asked for. Clients
 * of today write the older template themselves instead.
 */
export function rollbackOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): Rollback | undefined {
  const wanted = numberOf(deployment.metadata.annotations, ROLLBACK_TO);
  if (wanted === undefined) return undefined;
  const cleared = withoutWish(deployment);
  const revision = wanted === 0 ? lastRevision(sets) : BigInt(wanted);
  if (revision === 0n) {
    const event = warning('RevisionNotFound', 'Unable to find last revision.');
    return { deployment: cleared, event };
  }
  const set = sets.find((one) => revisionOf(one) === revision);
  if (!set) {
    const event = warning('RevisionNotFound', 'Unable to find the revision to rollback to.');
    return { deployment: cleared, event };
  }
  const name = `"${deployment.metadata.name}"`;
  if (sameTemplate(set.spec?.template, deployment.spec?.template)) {
    const message = `The rollback revision contains the same template as current deployment ${name}`;
    return { deployment: cleared, event: warning('TemplateUnchanged', message) };
  }
  const message = `Rolled back deployment ${name} to revision ${revision}`;
  return {
    deployment: takenBack(cleared, set),
    event: { type: 'Normal', reason: 'DeploymentRollback', message },
  };
}
