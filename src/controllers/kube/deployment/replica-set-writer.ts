import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { REPLICA_SETS } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import type { ControllerDeps } from '../../../controller-kit/controller.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { controllerOf } from '../owner.ts';
import { byRevision, latestAnnotations, newReplicaSet, sizeAnnotations } from './revisions.ts';
import { limitsOf } from './rollout-state.ts';
import { sameTemplate } from './template-hash.ts';

/** HashCollision says that the name of a new replica set is taken by one of another template. */
export class HashCollision extends Error {
  override readonly name = 'HashCollision';
}

/** Created is the replica set of a new version; `isNew` is false if it was there already. */
export interface Created {
  readonly set: ReplicaSet;
  readonly isNew: boolean;
}

/** ReplicaSetWriter creates, scales and deletes the replica sets of deployments, with events. */
export interface ReplicaSetWriter {
  /** create throws a HashCollision when the name is taken. */
  create(deployment: Deployment, replicas: number, revision: bigint): Promise<Created>;
  /** renew gives the latest set its revision and what the deployment says beside the template. */
  renew(deployment: Deployment, latest: ReplicaSet, revision: bigint): Promise<ReplicaSet>;
  scale(deployment: Deployment, set: ReplicaSet, replicas: number): Promise<ReplicaSet>;
  /** cleanUp deletes the oldest versions beyond the limit of the history. */
  cleanUp(deployment: Deployment, older: readonly ReplicaSet[]): Promise<void>;
}

/** newReplicaSetWriter makes one. Writes demand the version that was decided on. */
export function newReplicaSetWriter({ client, recorder }: ControllerDeps): ReplicaSetWriter {
  const scaled = (deployment: Deployment, text: string) =>
    recorder.event(deployment, 'Normal', 'ScalingReplicaSet', text);

  /** existing answers the set of a name that is taken, if it is the one that was to be created. */
  async function existing(deployment: Deployment, wanted: ReplicaSet): Promise<ReplicaSet> {
    const { namespace, name = '' } = wanted.metadata;
    const found = await client.get(REPLICA_SETS, { namespace, name });
    const isOwn = controllerOf(found)?.uid === deployment.metadata.uid;
    if (isOwn && sameTemplate(found.spec?.template, wanted.spec?.template)) return found;
    throw new HashCollision(`the name "${name}" is taken by a replica set of another template`);
  }

  return {
    async create(deployment, replicas, revision) {
      const { maxSurge } = limitsOf(deployment);
      const wanted = newReplicaSet(deployment, { replicas, revision, maxSurge });
      const set = await createUnlessExists(client, REPLICA_SETS, wanted);
      if (set === undefined) return { set: await existing(deployment, wanted), isNew: false };
      if (replicas > 0) {
        scaled(deployment, `Scaled up replica set ${set.metadata.name} from 0 to ${replicas}`);
      }
      return { set, isNew: true };
    },

    async renew(deployment, latest, revision) {
      const annotations = latestAnnotations(deployment, latest, revision);
      const { minReadySeconds = 0 } = deployment.spec ?? {};
      const isSame = (latest.spec?.minReadySeconds ?? 0) === minReadySeconds;
      if (!latest.spec || (isSame && deepEqual(annotations, latest.metadata.annotations ?? {})))
        return latest;
      return client.update(REPLICA_SETS, {
        ...latest,
        metadata: { ...latest.metadata, annotations },
        spec: { ...latest.spec, minReadySeconds },
      });
    },

    async scale(deployment, set, replicas) {
      if (!set.spec) return set;
      const { metadata, spec } = set;
      const before = spec.replicas ?? 1;
      const sizes = sizeAnnotations(deployment.spec?.replicas ?? 1, limitsOf(deployment).maxSurge);
      const annotations = { ...metadata.annotations, ...sizes };
      const updated = await client.update(REPLICA_SETS, {
        ...set,
        metadata: { ...metadata, annotations },
        spec: { ...spec, replicas },
      });
      const direction = before < replicas ? 'up' : 'down';
      if (before !== replicas) {
        const text = `Scaled ${direction} replica set ${metadata.name} from ${before} to ${replicas}`;
        scaled(deployment, text);
      }
      return updated;
    },

    async cleanUp(deployment, older) {
      const { revisionHistoryLimit: limit } = deployment.spec ?? {};
      if (limit === undefined) return;
      const present = older.filter(({ metadata }) => !metadata.deletionTimestamp);
      const sorted = present.sort(byRevision);
      const surplus = sorted.slice(0, Math.max(0, present.length - limit)).filter(isIdle);
      for (const { metadata } of surplus) {
        const { namespace, name = '', uid = '' } = metadata;
        await client
          .delete(REPLICA_SETS, { namespace, name }, { preconditions: { uid } })
          .catch(ignoreNotFound);
      }
    },
  };
}

/** isIdle tells whether a set has no pods and shall have none. */
function isIdle({ metadata, spec, status }: ReplicaSet): boolean {
  const isObserved = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isObserved && (spec?.replicas ?? 1) === 0 && (status?.replicas ?? 0) === 0;
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
