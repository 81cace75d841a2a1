import { apiVersionOf, type GroupVersionResource } from '../machinery/object.ts';

/** ResourcePlace names a collection, an object in it, or a subresource of that object. */
export interface ResourcePlace {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** resourcePath is the URL path of a place: `/apis/apps/v1/namespaces/a/deployments/web/status`. */
export function resourcePath(type: GroupVersionResource, place: ResourcePlace = {}): string {
  const parts = [type.group === '' ? '/api' : '/apis', apiVersionOf(type)];
  if (place.namespace) parts.push('namespaces', encodeURIComponent(place.namespace));
  parts.push(type.resource);
  if (place.name) parts.push(encodeURIComponent(place.name));
  if (place.subresource) parts.push(place.subresource);
  return parts.join('/');
}
