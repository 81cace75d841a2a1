import type {
  Route,
  RouteIngress,
  RouteIngressCondition,
} from '../../apis/route.openshift.io/v1/types.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import type { Claim } from './host-claims.ts';

/** RouterIdentity is how this router signs the status of routes. */
export interface RouterIdentity {
  readonly name: string;
  readonly canonicalHostname: string;
}

/**
 * claimedIngress is the `status.ingress` that a claim means, or undefined when it is there already.
 * Entries of other routers stay; the time of a condition changes with its status only.
 */
export function claimedIngress(
  route: Route,
  claim: Claim,
  router: RouterIdentity,
  now: Date,
): RouteIngress[] | undefined {
  const present = route.status?.ingress ?? [];
  const own = present.find((one) => one.routerName === router.name);
  const entry: RouteIngress = {
    conditions: [admittedCondition(claim, own, now)],
    host: claim.host,
    routerCanonicalHostname: router.canonicalHostname,
    routerName: router.name,
    wildcardPolicy: route.spec.wildcardPolicy ?? 'None',
  };
  if (own !== undefined && deepEqual(own, entry)) return undefined;
  return own === undefined
    ? [...present, entry]
    : present.map((one) => (one === own ? entry : one));
}

function admittedCondition(
  claim: Claim,
  own: RouteIngress | undefined,
  now: Date,
): RouteIngressCondition {
  const previous = own?.conditions?.find((one) => one.type === 'Admitted');
  const status = claim.admitted ? 'True' : 'False';
  const kept = previous?.status === status ? previous.lastTransitionTime : undefined;
  const time = kept ?? `${now.toISOString().slice(0, 19)}Z`;
  const said = claim.admitted ? {} : { reason: claim.reason, message: claim.message };
  return { lastTransitionTime: time, ...said, status, type: 'Admitted' };
}
