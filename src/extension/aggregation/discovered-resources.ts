import type { APIResource, APIResourceList } from '../../machinery/meta/v1.ts';

/** discoveredResources turns the list of a group version into the form of aggregated discovery. */
export function discoveredResources(group: string, version: string, text: string): object[] {
  const list = JSON.parse(text) as Partial<APIResourceList>;
  const all = list.resources ?? [];
  const kindOf = (one: APIResource) => ({
    group: one.group ?? group,
    version: one.version ?? version,
    kind: one.kind,
  });
  return all
    .filter((one) => !one.name.includes('/'))
    .map((one) => {
      const below = all.filter((other) => other.name.startsWith(`${one.name}/`));
      const subresources = below.map((other) => ({
        subresource: other.name.slice(one.name.length + 1),
        responseKind: kindOf(other),
        verbs: other.verbs,
      }));
      return {
        resource: one.name,
        responseKind: kindOf(one),
        scope: one.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: one.singularName,
        verbs: one.verbs,
        ...(one.shortNames ? { shortNames: one.shortNames } : {}),
        ...(one.categories ? { categories: one.categories } : {}),
        ...(subresources.length > 0 ? { subresources } : {}),
      };
    });
}
