import type { GroupVersionResource } from '../../machinery/object.ts';
import type { CacheHub } from '../cache/cache-hub.ts';
import { isInScope } from '../endpoints/dispatcher.ts';
import { READS } from '../endpoints/prepare-call.ts';
import type { ServedResources } from '../endpoints/served-resources.ts';
import type { FrontRequest } from '../filters/filter.ts';
import { resourcePrefix } from '../storage-key.ts';

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);

const admission = (resource: string) => ({ group: 'admissionregistration.k8s.io', resource });

/** Whose objects have a say in the writes of others, in a way that is for the main thread. */
const GOVERNING: readonly (Pick<GroupVersionResource, 'group' | 'resource'> & {
  readonly inNamespace?: boolean;
})[] = [
  admission('mutatingwebhookconfigurations'),
  admission('validatingwebhookconfigurations'),
  admission('mutatingadmissionpolicies'),
  admission('validatingadmissionpolicies'),
  { group: '', resource: 'resourcequotas', inNamespace: true },
];

/**
 * newThreadRule tells which requests a front thread can answer itself: reads of what is stored, and
 * writes of kinds that say so, while nothing is configured that has a say in them. All else needs
 * what only the main thread has.
 */
export function newThreadRule(
  served: ServedResources,
  hub: CacheHub,
): (request: FrontRequest) => boolean {
  const governing = GOVERNING.map((one) => ({ ...one, prefix: resourcePrefix(one) }));
  const isGoverned = (namespace: string) =>
    governing.some(({ prefix, inNamespace }) => {
      const cache = hub.cache(prefix);
      return cache !== undefined && cache.list(inNamespace ? namespace : '').length > 0;
    });
  return ({ info, upgrade }) => {
    if (upgrade || !info.isResource || info.subresource !== '' || info.subpath !== '') return false;
    const resource = served.find(info.group, info.version, info.resource);
    if (!resource || resource.definition.storage || !isInScope(resource, info)) return false;
    if (READS.has(info.verb)) return true;
    const { writtenAnywhere } = resource.definition;
    return writtenAnywhere === true && WRITES.has(info.verb) && !isGoverned(info.namespace);
  };
}
