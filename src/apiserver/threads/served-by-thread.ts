import { isInScope, READS } from '../endpoints/dispatcher.ts';
import type { ServedResources } from '../endpoints/served-resources.ts';
import type { FrontRequest } from '../filters/filter.ts';

/**
 * isServedByThread tells whether a front thread can answer a request itself: what needs nothing but
 * stored objects. All else needs what only the main thread has.
 */
export function isServedByThread(served: ServedResources, request: FrontRequest): boolean {
  const { info, upgrade } = request;
  if (upgrade || !info.isResource || info.subresource !== '' || !READS.has(info.verb)) return false;
  const resource = served.find(info.group, info.version, info.resource);
  if (!resource || resource.definition.storage) return false;
  return isInScope(resource, info);
}
