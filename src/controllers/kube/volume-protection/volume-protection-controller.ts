import type { PersistentVolumeClaim, Pod } from '../../../apis/core/v1/types.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { type KubeObject, objectKey, type ResourceType } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { isFinished } from '../pod-facts.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** claimsOf answers the keys of the claims that a pod uses. */
function claimsOf({ metadata, spec }: Pod): string[] {
  const prefix = `${metadata.namespace ?? ''}/`;
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [prefix + persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${prefix}${metadata.name}-${name}`];
  });
}

/** Takes the finalizer from an object, or gives it to one that lacks it. */
async function setFinalizer<T extends KubeObject>(
  { client }: ControllerDeps,
  what: { readonly type: ResourceType<T>; readonly object: T; readonly finalizer: string },
  wanted: boolean,
): Promise<void> {
  const { type, object, finalizer } = what;
  const before = object.metadata.finalizers ?? [];
  if (before.includes(finalizer) === wanted) return;
  const { namespace, name = '', resourceVersion } = object.metadata;
  const finalizers = wanted ? [...before, finalizer] : before.filter((one) => one !== finalizer);
  const body = { metadata: { finalizers, resourceVersion } };
  try {
    await client.patch(type, { namespace, name }, { type: 'application/merge-patch+json', body });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

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
        (pod) => pod.spec?.nodeName && !isFinished(pod) && claimsOf(pod).includes(objectKey(claim)),
      );
  return {
    name: 'pvc-protection',
    sources: [
      source(PERSISTENT_VOLUME_CLAIMS, (claim) => [objectKey(claim)]),
      source(PODS, claimsOf),
    ],
    async reconcile(key) {
      const object = claims.get(key);
      if (object === undefined) return undefined;
      const going = object.metadata.deletionTimestamp !== undefined;
      if (going && isUsed(object)) return undefined;
      const what = { type: PERSISTENT_VOLUME_CLAIMS, object, finalizer: CLAIM_FINALIZER };
      await setFinalizer(deps, what, !going);
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
      const what = { type: PERSISTENT_VOLUMES, object, finalizer: VOLUME_FINALIZER };
      await setFinalizer(deps, what, !going);
      return undefined;
    },
  };
}
