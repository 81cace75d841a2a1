import type { ServedResource } from '../endpoints/served-resource.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { GroupOfResources } from './group-order.ts';
import { shownVerbs } from './shown-verbs.ts';
import { type DiscoveredKind, subresourcesOf } from './subresource-discovery.ts';

type ListVersion = 'v2' | 'v2beta1';

/** The group version of kinds of the API itself is left empty where it is that of the resource. */
function kindFrom(definition: ResourceDefinition, listVersion: ListVersion) {
  const { group, version } = definition.type;
  const isFull = definition.structure !== undefined || listVersion === 'v2beta1';
  return (of: DiscoveredKind): DiscoveredKind =>
    !isFull && of.group === group && of.version === version
      ? { group: '', version: '', kind: of.kind }
      : of;
}

function resourceOf(served: ServedResource, listVersion: ListVersion): object {
  const { definition } = served;
  const { group, version, kind, resource, namespaced } = definition.type;
  const kindOf = kindFrom(definition, listVersion);
  const subresources = subresourcesOf(definition).map((one) => ({
    subresource: one.name,
    responseKind: kindOf(one.responseKind),
    verbs: one.verbs,
  }));
  return {
    resource,
    responseKind: kindOf({ group, version, kind }),
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
  apiVersion: ListVersion,
  groups: readonly GroupOfResources[],
): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: {
        ...(name === '' ? {} : { name }),
        ...(apiVersion === 'v2beta1' ? { creationTimestamp: null } : {}),
      },
      versions: versions.map(({ version, served, delegated }) => ({
        version,
        resources: delegated?.resources ?? served.map((one) => resourceOf(one, apiVersion)),
        freshness: delegated?.isFresh === false ? 'Stale' : 'Current',
      })),
    })),
  };
}
