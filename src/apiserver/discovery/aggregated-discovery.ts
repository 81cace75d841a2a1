import type { ServedResource } from '../endpoints/served-resource.ts';
import type { GroupOfResources } from './group-order.ts';
import { shownVerbs } from './shown-verbs.ts';
import { subresourcesOf } from './subresource-discovery.ts';

function resourceOf(served: ServedResource): object {
  const { definition } = served;
  const { group, version, kind, resource, namespaced } = definition.type;
  const subresources = subresourcesOf(definition).map((one) => ({
    subresource: one.name,
    responseKind: one.responseKind,
    verbs: one.verbs,
  }));
  return {
    resource,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular ?? kind.toLowerCase(),
    verbs: shownVerbs(served),
    ...(definition.shortNames?.length ? { shortNames: definition.shortNames } : {}),
    ...(definition.categories?.length ? { categories: definition.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

/** aggregatedDiscovery is the APIGroupDiscoveryList of groups, in version `v2` or `v2beta1`. */
export function aggregatedDiscovery(
  apiVersion: 'v2' | 'v2beta1',
  groups: readonly GroupOfResources[],
): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
      versions: versions.map(({ version, served, delegated }) => ({
        version,
        resources: delegated?.resources ?? served.map(resourceOf),
        freshness: delegated?.isFresh === false ? 'Stale' : 'Current',
      })),
    })),
  };
}
