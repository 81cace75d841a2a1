import type { KubeObject } from '../../machinery/object.ts';
import { apiVersionOf } from '../../machinery/object.ts';
import type { ResourceDefinition, Subresource } from '../resource-definition.ts';

/** DiscoveredKind is the kind that a path answers or takes. */
export interface DiscoveredKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** DiscoveredSubresource is a subresource as discovery shows it. */
export interface DiscoveredSubresource {
  readonly name: string;
  readonly responseKind: DiscoveredKind;
  readonly verbs: readonly string[];
}

const CONNECT_VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const LIKE_OBJECT = ['get', 'patch', 'update'];
const SCALE: DiscoveredKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

function describe(
  own: DiscoveredKind,
  subresource: Subresource<KubeObject>,
): { kind: DiscoveredKind; verbs: readonly string[] } {
  switch (subresource.kind) {
    case 'status':
      return { kind: own, verbs: LIKE_OBJECT };
    case 'update':
      return { kind: own, verbs: subresource.putOnly ? ['update'] : LIKE_OBJECT };
    case 'scale':
      return { kind: SCALE, verbs: LIKE_OBJECT };
    case 'create':
      return { kind: subresource.input, verbs: ['create'] };
    case 'get':
      return { kind: subresource.output, verbs: ['get'] };
    case 'connect': {
      const verbs = subresource.methods.map((method) => CONNECT_VERBS[method] ?? '');
      const kind = subresource.outputKind ?? own.kind;
      return { kind: { ...own, kind }, verbs: [...new Set(verbs)].filter((one) => one).sort() };
    }
  }
}

/** subresourcesOf answers the subresources of a definition by name. */
export function subresourcesOf(definition: ResourceDefinition): DiscoveredSubresource[] {
  const { group, version, kind } = definition.type;
  const own = { group, version, kind };
  // Upstream names the status of custom resources before their scale.
  const sign = definition.structure ? -1 : 1;
  return Object.entries(definition.subresources ?? {})
    .sort(([a], [b]) => (a < b ? -sign : sign))
    .map(([name, subresource]) => {
      const described = describe(own, subresource);
      const { group: g, version: v, kind: k } = described.kind;
      return { name, responseKind: { group: g, version: v, kind: k }, verbs: described.verbs };
    });
}

/** groupVersionOf is `group/version`, or `version` in the core group. */
export function groupVersionOf(group: string, version: string): string {
  return apiVersionOf({ group, version });
}
