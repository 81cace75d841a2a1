import type { Route } from '../../apis/route.openshift.io/v1/types.ts';
import { objectKey } from '../../machinery/object.ts';

/** Claim is what the router decides about one route. */
export type Claim =
  | { readonly admitted: true; readonly host: string }
  | {
      readonly admitted: false;
      readonly host: string;
      readonly reason: string;
      readonly message: string;
    };

/** routeHost is the host under which a route wants to be served; empty when it names none. */
export function routeHost({ spec }: Route, domain: string): string {
  if (spec.host) return spec.host;
  return spec.subdomain ? `${spec.subdomain}.${domain}` : '';
}

/** routePath is the path of a route as claims compare it: `/` is the same as none. */
export function routePath({ spec }: Route): string {
  return spec.path === '/' ? '' : (spec.path ?? '');
}

/** isOlder orders routes by age, and those of one second by uid, as OpenShift's router does. */
function isOlder(a: Route, b: Route): boolean {
  const [left, right] = [a, b].map((one) => one.metadata.creationTimestamp ?? '');
  if (left !== right) return (left ?? '') < (right ?? '');
  return (a.metadata.uid ?? '') < (b.metadata.uid ?? '');
}

/**
 * claimHosts decides for every route whether it is admitted, by route key. The oldest route of a
 * host fixes its namespace; of that namespace the oldest of each path is admitted.
 */
export function claimHosts(routes: readonly Route[], domain: string): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>();
  const byHost = new Map<string, Route[]>();
  for (const route of routes) {
    const host = routeHost(route, domain);
    const refusal = refusalWithoutRivals(route, host);
    if (refusal !== undefined) {
      claims.set(objectKey(route), refusal);
      continue;
    }
    const rivals = byHost.get(host);
    if (rivals === undefined) byHost.set(host, [route]);
    else rivals.push(route);
  }
  for (const [host, rivals] of byHost) claimHost(host, rivals, claims);
  return claims;
}

function refusalWithoutRivals(route: Route, host: string): Claim | undefined {
  if (host === '') {
    const message = 'no host value was defined for the route';
    return { admitted: false, host, reason: 'NoHostValue', message };
  }
  if (route.spec.wildcardPolicy === 'Subdomain') {
    const message = 'wildcard routes are not allowed';
    return { admitted: false, host, reason: 'RouteNotAdmitted', message };
  }
  return undefined;
}

function claimHost(host: string, rivals: readonly Route[], claims: Map<string, Claim>): void {
  const byAge = [...rivals].sort((a, b) => (isOlder(a, b) ? -1 : 1));
  const [oldest] = byAge;
  const owners = new Map<string, Route>();
  for (const route of byAge) {
    const owner = owners.get(routePath(route));
    const { name, namespace } = route.metadata;
    let message: string | undefined;
    if (namespace !== oldest?.metadata.namespace) {
      message = `a route in another namespace holds ${host} and is older than ${name}`;
    } else if (owner !== undefined) {
      message = `route ${owner.metadata.name} already exposes ${host} and is older`;
    }
    if (message === undefined) owners.set(routePath(route), route);
    claims.set(
      objectKey(route),
      message === undefined
        ? { admitted: true, host }
        : { admitted: false, host, reason: 'HostAlreadyClaimed', message },
    );
  }
}
