import type { OwnerReference } from '../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { apiVersionOf } from '../../machinery/object.ts';

/** controllerOf answers the owner reference of an object's managing controller, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((one) => one.controller === true);
}

/** controllerReference is the owner reference that makes `owner` the managing controller. */
export function controllerReference<T extends KubeObject>(
  type: ResourceType<T>,
  owner: T,
): OwnerReference {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
