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

/** storageVersionHash tells clients when the form of the stored objects changes. */
function storageVersionHash({ type, storedAs }: ResourceDefinition): string {
  const { group, version, kind } = storedAs?.type ?? type;
  const hash = createHash('sha256').update(`${group}/${version}/${kind}`).digest();
  return hash.subarray(0, 8).toString('base64');
}

function subresourcesAsResources(served: ServedResource): APIResource[] {
  const { type } = served.definition;
  return subresourcesOf(served.definition).map(({ name, responseKind, verbs }) => {
    const resource: APIResource = {
      name: `${type.resource}/${name}`,
      singularName: '',
      namespaced: type.namespaced,
      kind: responseKind.kind,
      verbs: [...verbs],
    };
    if (responseKind.group !== type.group || responseKind.version !== type.version) {
      resource.group = responseKind.group;
      resource.version = responseKind.version;
    }
    return resource;
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
