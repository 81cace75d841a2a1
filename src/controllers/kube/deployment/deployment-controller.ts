import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNamespaceGone } from '../../../machinery/status-error.ts';
import { claim } from '../claim.ts';
import { controllerOf } from '../owner.ts';
import { isFinished } from '../pod-facts.ts';
import { REVISION } from './annotations.ts';
import { conditionOf, type Finding, progressing } from './conditions.ts';
import {
  deploymentStatus,
  isComplete,
  progressCheckMs,
  type StatusInput,
} from './deployment-status.ts';
import { HashCollision, newReplicaSetWriter } from './replica-set-writer.ts';
import { latestOf, nextRevision } from './revisions.ts';
import { rollbackOf } from './rollback.ts';
import { isScaled, nextStep } from './rollout-plan.ts';
import { rolloutState } from './rollout-state.ts';

/** Sets are the replica sets of a deployment: that of the present template, and the others. */
interface Sets {
  readonly latest: ReplicaSet | undefined;
  readonly older: readonly ReplicaSet[];
}

/** Carried is what one step left behind. */
interface Carried extends Sets {
  readonly finding: Finding | undefined;
  readonly rests: boolean;
}

/**
 * newDeploymentController brings the replica sets of deployments from one version to the next
 * (kube-controller-manager's `deployment`): one step of the rollout per reconcile.
 *
 * INVARIANTS: replica sets are written only at the version that the step was planned on, so that a
 * plan on old state is a conflict and made again; a version has one name, so that it is created once.
 */
export function newDeploymentController(deps: ControllerDeps): Controller {
  const { client, informers, clock, recorder } = deps;
  const deployments = informers.informer(DEPLOYMENTS);
  const replicaSets = informers.informer(REPLICA_SETS);
  const pods = informers.informer(PODS);
  const writer = newReplicaSetWriter(deps);

  async function setsOf(deployment: Deployment): Promise<ReplicaSet[]> {
    const selector = selectorOfObject(deployment.spec?.selector);
    const candidates = replicaSets.list(deployment.metadata.namespace);
    const claimer = { type: DEPLOYMENTS, object: deployment, selector };
    return claim(client, claimer, { type: REPLICA_SETS, candidates });
  }

  function oldPodsRun(deployment: Deployment, older: readonly ReplicaSet[]): boolean {
    if (deployment.spec?.strategy?.type !== 'Recreate' || older.length === 0) return false;
    const uids = new Set(older.map(({ metadata }) => metadata.uid));
    const isOld = (pod: Pod) => uids.has(controllerOf(pod)?.uid) && !isFinished(pod);
    return pods.list(deployment.metadata.namespace).some(isOld);
  }

  async function writeStatus(input: StatusInput): Promise<ReconcileResult | undefined> {
    const { deployment, isRollingOut, now } = input;
    const status = deploymentStatus(input);
    if (!deepEqual(status, deployment.status ?? {})) {
      await client.updateStatus(DEPLOYMENTS, { ...deployment, status });
    }
    const after = isRollingOut ? progressCheckMs(deployment, status, now) : undefined;
    return after === undefined ? undefined : { requeueAfterMs: after };
  }

  /** failed says why a version has no replica set, before the reconcile is tried again. */
  async function failed(deployment: Deployment, sets: Sets, error: unknown): Promise<void> {
    if (error instanceof HashCollision) {
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
      const status = { ...deployment.status, collisionCount };
      await client.updateStatus(DEPLOYMENTS, { ...deployment, status });
      return;
    }
    if (isNamespaceGone(error)) return;
    const reason = 'ReplicaSetCreateError';
    const text = error instanceof Error ? error.message : String(error);
    const message = `Failed to create new replica set of "${deployment.metadata.name}": ${text}`;
    recorder.event(deployment, 'Warning', reason, message);
    const finding = progressing('False', reason, message);
    const now = clock.now();
    await writeStatus({ deployment, ...sets, finding, isRollingOut: false, now });
  }

  async function create(deployment: Deployment, sets: Sets, replicas: number): Promise<Carried> {
    try {
      const revision = nextRevision(sets.older);
      const { set, isNew } = await writer.create(deployment, replicas, revision);
      const message = `Created new replica set "${set.metadata.name}"`;
      const finding = isNew ? progressing('True', 'NewReplicaSetCreated', message) : undefined;
      return { ...sets, latest: set, finding, rests: false };
    } catch (error) {
      await failed(deployment, sets, error);
      throw error;
    }
  }

  async function scale(
    deployment: Deployment,
    sets: Sets,
    sizes: ReadonlyMap<string, number>,
  ): Promise<Sets> {
    const scaled = async (set: ReplicaSet) => {
      const size = sizes.get(set.metadata.name ?? '');
      return size === undefined ? set : writer.scale(deployment, set, size);
    };
    const older: ReplicaSet[] = [];
    for (const one of sets.older) older.push(await scaled(one));
    return { latest: sets.latest && (await scaled(sets.latest)), older };
  }

  async function step(deployment: Deployment, sets: Sets): Promise<Carried> {
    const next = nextStep(rolloutState(deployment, sets, oldPodsRun(deployment, sets.older)));
    if (next.kind === 'create') return create(deployment, sets, next.replicas);
    const finding = foundLatest(deployment, sets.latest);
    if (next.kind === 'rest') return { ...sets, finding, rests: true };
    const sizes = new Map(next.scalings.map(({ name, replicas }) => [name, replicas]));
    return { ...(await scale(deployment, sets, sizes)), finding, rests: false };
  }

  /**
   * withRevision writes the latest set's revision into the deployment. It does so as a writer of
   * the status: an annotation that others write counts as a new generation.
   */
  async function withRevision(
    deployment: Deployment,
    latest: ReplicaSet | undefined,
  ): Promise<Deployment> {
    const revision = latest?.metadata.annotations?.[REVISION];
    if (!revision || deployment.metadata.annotations?.[REVISION] === revision) return deployment;
    const { namespace, name = '', uid } = deployment.metadata;
    const body = { metadata: { uid, annotations: { [REVISION]: revision } } };
    const patch = { type: 'application/merge-patch+json', body } as const;
    return client.patch(DEPLOYMENTS, { namespace, name }, patch, { subresource: 'status' });
  }

  async function rollOut(deployment: Deployment, sets: Sets): Promise<ReconcileResult | undefined> {
    const { older } = sets;
    const latest =
      sets.latest && (await writer.renew(deployment, sets.latest, nextRevision(older)));
    const isResized = isScaled(rolloutState(deployment, { latest, older }, false));
    const isRollingOut = !deployment.spec?.paused && !isResized;
    const done = await step(deployment, { latest, older });
    const noted = await withRevision(deployment, done.latest);
    if (done.rests && (deployment.spec?.paused || isComplete(deployment))) {
      await writer.cleanUp(deployment, done.older);
    }
    // What was decided belongs to the generation that was looked at, not to one written since.
    const { generation } = deployment.metadata;
    const looked = { ...noted, metadata: { ...noted.metadata, ...(generation && { generation }) } };
    return writeStatus({ deployment: looked, ...done, isRollingOut, now: clock.now() });
  }

  async function reconcile(key: string): Promise<ReconcileResult | undefined> {
    const deployment = deployments.get(key);
    if (!deployment) return undefined;
    const all = await setsOf(deployment);
    const latest = latestOf(deployment, all);
    const sets = { latest, older: all.filter((one) => one !== latest) };
    if (deployment.metadata.deletionTimestamp) {
      const now = clock.now();
      return writeStatus({ deployment, ...sets, finding: undefined, isRollingOut: false, now });
    }
    const rollback = deployment.spec?.paused ? undefined : rollbackOf(deployment, all);
    if (!rollback) return rollOut(deployment, sets);
    const { type, reason, message } = rollback.event;
    await client.update(DEPLOYMENTS, rollback.deployment);
    recorder.event(deployment, type, reason, message);
    return undefined;
  }

  /** keysOfSet are the deployment that owns a set, or those that could adopt it. */
  function keysOfSet(set: ReplicaSet): string[] {
    const { namespace, labels } = set.metadata;
    const owner = controllerOf(set);
    if (owner) return owner.kind === DEPLOYMENTS.kind ? [`${namespace}/${owner.name}`] : [];
    return deployments
      .list(namespace)
      .filter(({ spec }) => matchesLabels(selectorOfObject(spec?.selector), labels))
      .map(objectKey);
  }

  /** keysOfPod: with Recreate, the end of the last old pod lets the new ones start. */
  function keysOfPod(pod: Pod): string[] {
    const owner = controllerOf(pod);
    if (owner?.kind !== REPLICA_SETS.kind) return [];
    const set = replicaSets.get(`${pod.metadata.namespace}/${owner.name}`);
    const keys = set ? keysOfSet(set) : [];
    return keys.filter((key) => deployments.get(key)?.spec?.strategy?.type === 'Recreate');
  }

  return {
    name: 'deployment',
    concurrency: 4,
    sources: [
      source(DEPLOYMENTS, (deployment) => [objectKey(deployment)]),
      source(REPLICA_SETS, (set, previous) => [
        ...new Set([...keysOfSet(set), ...(previous ? keysOfSet(previous) : [])]),
      ]),
      {
        type: PODS,
        keys: ({ current, previous }) =>
          !current || isFinished(current as Pod) ? keysOfPod((current ?? previous) as Pod) : [],
      },
    ],
    reconcile,
  };
}

/** foundLatest: a replica set that was made before anyone watched the progress counts from now. */
function foundLatest(deployment: Deployment, latest: ReplicaSet | undefined): Finding | undefined {
  const conditions = deployment.status?.conditions ?? [];
  if (!latest || conditionOf(conditions, 'Progressing')) return undefined;
  const message = `Found new replica set "${latest.metadata.name}"`;
  return progressing('True', 'FoundNewReplicaSet', message);
}
