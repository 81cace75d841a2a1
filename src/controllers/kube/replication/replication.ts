import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { matchesLabels } from '../../../machinery/labels.ts';
import { objectKey } from '../../../machinery/object.ts';
import { claim } from '../claim.ts';
import { controllerOf } from '../owner.ts';
import { isActive } from '../pod-facts.ts';
import { Expectations } from './expectations.ts';
import { replicaStatus, sameStatus } from './replica-status.ts';
import { manageReplicas } from './replicas.ts';
import type { Replicated, ReplicatedKind } from './replicated.ts';

/**
 * newReplication keeps as many pods as each object of a kind wants: adopts, creates and deletes them
 * and reports their number (kube-controller-manager's `replicaset` and `replicationcontroller`).
 */
export function newReplication<T extends Replicated>(
  deps: ControllerDeps,
  name: string,
  kind: ReplicatedKind<T>,
): Controller {
  const owners = deps.informers.informer(kind.type);
  const pods = deps.informers.informer(PODS);
  const expectations = new Expectations(deps.clock);

  /** relatedTo answers the pods by which nodes are found crowded. */
  function relatedTo(owner: T, own: readonly Pod[]): readonly Pod[] {
    const { namespace } = owner.metadata;
    const relatives = kind.relativesOf?.(owner, owners.list(namespace)) ?? [];
    if (relatives.length < 2) return own;
    const uids = new Set(relatives.map(({ metadata }) => metadata.uid));
    const isRelated = (pod: Pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid);
    return pods.list(namespace).filter(isRelated);
  }

  async function reconcile(key: string): Promise<ReconcileResult | undefined> {
    const owner = owners.get(key);
    if (!owner) {
      expectations.forget(key);
      return undefined;
    }
    const settled = expectations.met(key);
    const claimer = { type: kind.type, object: owner, selector: kind.selectorOf(owner) };
    const candidates = pods.list(owner.metadata.namespace);
    const claimed = await claim(deps.client, claimer, { type: PODS, candidates });
    const active = claimed.filter(isActive);
    const manages = settled && !owner.metadata.deletionTimestamp;
    const related = () => relatedTo(owner, active);
    const failure = manages
      ? await manageReplicas(
          { ...deps, expectations, type: kind.type, key, owner, related },
          active,
        )
      : undefined;
    const status = replicaStatus(owner, active, failure, deps.clock.now());
    if (!sameStatus(owner.status, status)) {
      await deps.client.updateStatus(kind.type, { ...owner, status });
    }
    if (failure) throw failure.error;
    return lookAgain(owner, status.readyReplicas ?? 0, status.availableReplicas ?? 0);
  }

  return {
    name,
    concurrency: 4,
    sources: [
      source(kind.type, (owner) => [objectKey(owner)]),
      {
        type: PODS,
        keys: ({ current, previous }) =>
          podChanged({ kind, owners, expectations }, current as Pod | undefined, previous as Pod),
      },
    ],
    reconcile,
  };
}

/** lookAgain: pods that are ready but not available yet become so without any change. */
function lookAgain(
  owner: Replicated,
  ready: number,
  available: number,
): ReconcileResult | undefined {
  const { minReadySeconds = 0 } = owner.spec ?? {};
  return minReadySeconds > 0 && ready > available
    ? { requeueAfterMs: minReadySeconds * 1000 }
    : undefined;
}

interface Owners<T extends Replicated> {
  readonly kind: ReplicatedKind<T>;
  readonly owners: Informer<T>;
  readonly expectations: Expectations;
}

/** podChanged notes what was expected of a pod's owners and answers their keys. */
function podChanged<T extends Replicated>(
  { kind, owners, expectations }: Owners<T>,
  current: Pod | undefined,
  previous: Pod | undefined,
): string[] {
  const keys = new Set<string>();
  for (const pod of [current, previous]) {
    const key = pod && ownerKey(owners, pod);
    if (key) keys.add(key);
  }
  const owner = current && ownerKey(owners, current);
  if (owner && !previous) expectations.created(owner);
  const last = current ?? previous;
  const going = !current || current.metadata.deletionTimestamp !== undefined;
  if (going) for (const key of keys) expectations.deleted(key, last?.metadata.uid ?? '');
  if (current && !controllerOf(current)) {
    for (const one of owners.list(current.metadata.namespace)) {
      if (matchesLabels(kind.selectorOf(one), current.metadata.labels)) keys.add(objectKey(one));
    }
  }
  return [...keys];
}

/** ownerKey is the key of the object of a kind that owns a pod, by name and uid. */
function ownerKey<T extends Replicated>(owners: Informer<T>, pod: Pod): string | undefined {
  const controller = controllerOf(pod);
  if (controller?.kind !== owners.type.kind) return undefined;
  const key = `${pod.metadata.namespace}/${controller.name}`;
  const owner = owners.get(key);
  return owner === undefined || owner.metadata.uid === controller.uid ? key : undefined;
}
