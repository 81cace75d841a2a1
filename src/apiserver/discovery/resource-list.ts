import { createHash } from 'node:crypto';
import type { APIResource, APIResourceList } from '../../machinery/meta/v1.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { shownVerbs } from './shown-verbs.ts';
import { groupVersionOf, subresourcesOf } from './subresource-discovery.ts';

function resourceOf(served: ServedResource): APIResource {
  const { definition } = served;
  const { type, shortNames, categories } = definition;
  const resource: APIResource = {
    name: type.resource,
    singularName: definition.singular ?? type.kind.toLowerCase(),
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: shownVerbs(served),
  };
  if (shortNames && shortNames.length > 0) resource.shortNames = [...shortNames];
  if (categories && categories.length > 0) resource.categories = [...categories];
  if (!definition.storage) resource.storageVersionHash = storageVersionHash(definition);
  return resource;
}

/** The versions that Kubernetes 1.34 stores these kinds in, where that is not the newest. */
const STORED_VERSIONS: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'v1beta1',
  DeviceClass: 'v1beta2',
  MutatingAdmissionPolicy: 'v1alpha1',
  MutatingAdmissionPolicyBinding: 'v1alpha1',
  ResourceClaim: 'v1beta2',
  ResourceClaimTemplate: 'v1beta2',
  ResourceSlice: 'v1beta2',
  VolumeAttributesClass: 'v1beta1',
};

/** storageVersionHash tells clients when the form of the stored objects changes. */
function storageVersionHash({ type, storedAs, structure }: ResourceDefinition): string {
  const { group, kind, ...stored } = storedAs?.type ?? type;
  const version = (structure ? undefined : STORED_VERSIONS[kind]) ?? stored.version;
  const hash = createHash('sha256').update(`${group}/${version}/${kind}`).digest();
  return hash.subarray(0, 8).toString('base64');
}

function subresourcesAsResources(served: ServedResource): APIResource[] {
  const { type } = served.definition;
  return subresourcesOf(served.definition).map(({ name, responseKind, verbs }) => {
    const { group, version, kind } = responseKind;
    const isOther = group !== type.group || version !== type.version;
    return {
      name: `${type.resource}/${name}`,
      singularName: '',
      namespaced: type.namespaced,
      ...(isOther && { group, version }),
      kind,
      verbs: [...verbs],
    };
  });
}

/** resourceList is `/api/v1` or `/apis/GROUP/VERSION`. */
export function resourceList(
  group: string,
  version: string,
  served: readonly ServedResource[],
): APIResourceList {
  const resources = served.flatMap((one) => [resourceOf(one), ...subresourcesAsResources(one)]);
  const names = { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }) };
  return { ...names, groupVersion: groupVersionOf(group, version), resources };
}
