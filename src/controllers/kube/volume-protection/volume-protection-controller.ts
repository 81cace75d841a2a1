import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  VOLUME_ATTRIBUTES_CLASSES,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { type KubeObject, objectKey, type ResourceType } from '../../../machinery/object.ts';
import { setFinalizer } from '../finalizer.ts';
import { claimKeysOf, isFinished } from '../pod-facts.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';
const CLASS_FINALIZER = 'kubernetes.io/vac-protection';
const BY_CLASS = 'volumeAttributesClass';

/**
 * newProtect makes what reconciles the objects of a resource by their keys: each has the finalizer
 * for as long as it is not to be deleted, and from then on until nobody uses it.
 */
function newProtect<T extends KubeObject>(
  { client, informers }: ControllerDeps,
  what: {
    readonly type: ResourceType<T>;
    readonly finalizer: string;
    isUsed(object: T): boolean;
  },
): Controller['reconcile'] {
  const { type, finalizer, isUsed } = what;
  const objects = informers.informer(type);
  return async (key) => {
    const object = objects.get(key);
    if (object === undefined) return undefined;
    const isGoing = object.metadata.deletionTimestamp !== undefined;
    if (isGoing && isUsed(object)) return undefined;
    await setFinalizer(client, { type, object, finalizer, wanted: !isGoing });
    return undefined;
  };
}

/**
 * newClaimProtectionController lets a claim go once no pod uses it
 * (kube-controller-manager's `pvcprotection`).
 */
export function newClaimProtectionController(deps: ControllerDeps): Controller {
  const pods = deps.informers.informer(PODS);
  const isUsed = (claim: PersistentVolumeClaim) =>
    pods
      .list(claim.metadata.namespace ?? '')
      .some(
        (pod) =>
          pod.spec?.nodeName && !isFinished(pod) && claimKeysOf(pod).includes(objectKey(claim)),
      );
  return {
    name: 'pvc-protection',
    sources: [
      source(PERSISTENT_VOLUME_CLAIMS, (claim) => [objectKey(claim)]),
      source(PODS, claimKeysOf),
    ],
    reconcile: newProtect(deps, {
      type: PERSISTENT_VOLUME_CLAIMS,
      finalizer: CLAIM_FINALIZER,
      isUsed,
    }),
  };
}

/**
 * newVolumeProtectionController lets a volume go once it is not bound any more
 * (kube-controller-manager's `pvprotection`).
 */
export function newVolumeProtectionController(deps: ControllerDeps): Controller {
  return {
    name: 'pv-protection',
    sources: [source(PERSISTENT_VOLUMES, (volume) => [objectKey(volume)])],
    reconcile: newProtect(deps, {
      type: PERSISTENT_VOLUMES,
      finalizer: VOLUME_FINALIZER,
      isUsed: ({ status }) => status?.phase === 'Bound',
    }),
  };
}

/** classesOf answers the classes of attributes that a claim has, wants or is being given. */
function classesOf({ spec, status }: PersistentVolumeClaim): string[] {
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus: modified } = status ?? {};
  const target = modified?.targetVolumeAttributesClassName;
  return [spec?.volumeAttributesClassName, current, target].flatMap((name) => name || []);
}

function classOf({ spec }: PersistentVolume): string[] {
  return [spec?.volumeAttributesClassName].flatMap((name) => name || []);
}

/**
 * newAttributesClassProtectionController lets a class of volume attributes go once no volume and no
 * claim names it (kube-controller-manager's `vacprotection`).
 */
export function newAttributesClassProtectionController(deps: ControllerDeps): Controller {
  const claims = deps.informers.informer(PERSISTENT_VOLUME_CLAIMS);
  const volumes = deps.informers.informer(PERSISTENT_VOLUMES);
  claims.addIndex(BY_CLASS, classesOf);
  volumes.addIndex(BY_CLASS, classOf);
  const isNamed = (name: string) =>
    claims.byIndex(BY_CLASS, name).length > 0 || volumes.byIndex(BY_CLASS, name).length > 0;
  return {
    name: 'vac-protection',
    sources: [
      source(VOLUME_ATTRIBUTES_CLASSES, (one) => [objectKey(one)]),
      source(PERSISTENT_VOLUME_CLAIMS, (now, before) => classesOf(before ?? now)),
      source(PERSISTENT_VOLUMES, (now, before) => classOf(before ?? now)),
    ],
    reconcile: newProtect(deps, {
      type: VOLUME_ATTRIBUTES_CLASSES,
      finalizer: CLASS_FINALIZER,
      isUsed: (one) => isNamed(objectKey(one)),
    }),
  };
}
