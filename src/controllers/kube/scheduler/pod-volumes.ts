import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
} from '../../../apis/core/v1/types.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  STORAGE_CLASSES,
} from '../../../apis/resource-types.ts';
import type { ControllerDeps, Informer } from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { claimKeysOf } from '../pod-facts.ts';
import { holdVolume } from '../volume-binding/hold-volume.ts';
import { BIND_COMPLETED, classOf, findVolume } from '../volume-binding/matching.ts';
import { termMatches } from './node-selection.ts';

/** VolumeNeeds are the volumes of a pod: those it has, and claims that wait for their first pod. */
export interface VolumeNeeds {
  readonly bound: readonly PersistentVolume[];
  readonly waiting: readonly PersistentVolumeClaim[];
}

/** PodVolumes looks at the claims of pods (kube-scheduler's plug-in VolumeBinding). */
export class PodVolumes {
  readonly #deps: ControllerDeps;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#claims = deps.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    this.#volumes = deps.informers.informer(PERSISTENT_VOLUMES);
  }

  /** needsOf answers what a pod needs, or a text when it can run nowhere as its claims are now. */
  needsOf(pod: Pod): VolumeNeeds | string {
    const bound: PersistentVolume[] = [];
    const waiting: PersistentVolumeClaim[] = [];
    let isUnbound = false;
    for (const key of claimKeysOf(pod)) {
      const claim = this.#claims.get(key);
      const problem = claim ? problemOf(claim) : missing(pod, key);
      if (!claim || problem !== undefined) return problem ?? '';
      const volume = this.#volumeOf(claim);
      if (volume) bound.push(volume);
      else if (!claim.spec?.volumeName && this.#waits(claim)) waiting.push(claim);
      else isUnbound = true;
    }
    return isUnbound ? 'pod has unbound immediate PersistentVolumeClaims' : { bound, waiting };
  }

  /** refusalOf says why a node does not suit the volumes; undefined: it does. */
  refusalOf({ bound, waiting }: VolumeNeeds, node: Node): string | undefined {
    if (!bound.every((volume) => isReachable(volume, node))) {
      return "node(s) didn't match PersistentVolume's node affinity";
    }
    const found = waiting.length === 0 || this.#choose(waiting, node);
    return found ? undefined : "node(s) didn't find available persistent volumes to bind";
  }

  /**
   * hold holds volumes that the node reaches for the claims that wait. The volume binder does the
   * rest, and the pod can be bound when the claims are.
   */
  async hold({ waiting }: VolumeNeeds, node: Node): Promise<void> {
    for (const [claim, volume] of this.#choose(waiting, node) ?? []) {
      await holdVolume(this.#deps.client, volume, claim);
    }
  }

  #volumeOf({ spec, metadata }: PersistentVolumeClaim): PersistentVolume | undefined {
    const isBound = metadata.annotations?.[BIND_COMPLETED] !== undefined;
    return isBound && spec?.volumeName ? this.#volumes.get(spec.volumeName) : undefined;
  }

  #waits(claim: PersistentVolumeClaim): boolean {
    const storageClass = this.#deps.informers.informer(STORAGE_CLASSES).get(classOf(claim));
    return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** Chooses a volume for each claim, none twice; undefined when one finds none. */
  #choose(claims: readonly PersistentVolumeClaim[], node: Node) {
    const chosen = new Map<PersistentVolumeClaim, PersistentVolume>();
    let free = this.#volumes.list().filter((volume) => isReachable(volume, node));
    for (const claim of claims) {
      const volume = findVolume(free, claim);
      if (!volume) return undefined;
      chosen.set(claim, volume);
      free = free.filter((one) => one !== volume);
    }
    return chosen;
  }
}

function problemOf({ metadata, spec, status }: PersistentVolumeClaim): string | undefined {
  const claim = `persistentvolumeclaim "${metadata.name}"`;
  if (status?.phase === 'Lost') {
    return `${claim} bound to non-existent persistentvolume "${spec?.volumeName ?? ''}"`;
  }
  return metadata.deletionTimestamp === undefined ? undefined : `${claim} is being deleted`;
}

function missing(pod: Pod, key: string): string {
  const name = key.slice(key.indexOf('/') + 1);
  const isNamed = pod.spec?.volumes?.some((one) => one.persistentVolumeClaim?.claimName === name);
  const text = `persistentvolumeclaim "${name}"`;
  return isNamed
    ? `${text} not found`
    : `waiting for ephemeral volume controller to create the ${text}`;
}

function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  return !required || required.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** usesClaim tells whether a pod uses one of the claims of a key, or any. */
export function usesClaim(pod: Pod, claim?: PersistentVolumeClaim): boolean {
  const keys = claimKeysOf(pod);
  return claim === undefined ? keys.length > 0 : keys.includes(objectKey(claim));
}
