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
import { objectKey } from '../../../machinery/object.ts';
import { setFinalizer } from '../finalizer.ts';
import { claimKeysOf, isFinished } from '../pod-facts.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';
const CLASS_FINALIZER = 'kubernetes.io/vac-protection';
const BY_CLASS = 'volumeAttributesClass';

/**
 * newClaimProtectionController lets a claim go once no pod uses it
 * (kube-controller-manager's `pvcprotection`).
 */
export function newClaimProtectionController(deps: ControllerDeps): Controller {
  const claims = deps.informers.informer(PERSISTENT_VOLUME_CLAIMS);
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
    async reconcile(key) {
      const object = claims.get(key);
      if (object === undefined) return undefined;
      const going = object.metadata.deletionTimestamp !== undefined;
      if (going && isUsed(object)) return undefined;
      const what = {
        type: PERSISTENT_VOLUME_CLAIMS,
        object,
        finalizer: CLAIM_FINALIZER,
        wanted: !going,
      };
      await setFinalizer(deps.client, what);
      return undefined;
    },
  };
}

/**
 * newVolumeProtectionController lets a volume go once it is not bound any more
 * (kube-controller-manager's `pvprotection`).
 */
export function newVolumeProtectionController(deps: ControllerDeps): Controller {
  const volumes = deps.informers.informer(PERSISTENT_VOLUMES);
  return {
    name: 'pv-protection',
    sources: [source(PERSISTENT_VOLUMES, (volume) => [objectKey(volume)])],
    async reconcile(key) {
      const object = volumes.get(key);
      if (object === undefined) return undefined;
      const going = object.metadata.deletionTimestamp !== undefined;
      if (going && object.status?.phase === 'Bound') return undefined;
      const what = {
        type: PERSISTENT_VOLUMES,
        object,
        finalizer: VOLUME_FINALIZER,
        wanted: !going,
      };
      await setFinalizer(deps.client, what);
      return undefined;
    },
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
  const classes = deps.informers.informer(VOLUME_ATTRIBUTES_CLASSES);
  const claims = deps.informers.informer(PERSISTENT_VOLUME_CLAIMS);
  const volumes = deps.informers.informer(PERSISTENT_VOLUMES);
  claims.addIndex(BY_CLASS, classesOf);
  volumes.addIndex(BY_CLASS, classOf);
  const isUsed = (name: string) =>
    claims.byIndex(BY_CLASS, name).length > 0 || volumes.byIndex(BY_CLASS, name).length > 0;
  return {
    name: 'vac-protection',
    sources: [
      source(VOLUME_ATTRIBUTES_CLASSES, (one) => [objectKey(one)]),
      source(PERSISTENT_VOLUME_CLAIMS, (now, before) => classesOf(before ?? now)),
      source(PERSISTENT_VOLUMES, (now, before) => classOf(before ?? now)),
    ],
    async reconcile(key) {
      const object = classes.get(key);
      if (object === undefined) return undefined;
      const going = object.metadata.deletionTimestamp !== undefined;
      if (going && isUsed(key)) return undefined;
      const what = {
        type: VOLUME_ATTRIBUTES_CLASSES,
        object,
        finalizer: CLASS_FINALIZER,
        wanted: !going,
      };
      await setFinalizer(deps.client, what);
      return undefined;
    },
  };
}
