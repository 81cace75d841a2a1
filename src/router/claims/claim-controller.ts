import { ROUTES } from '../../apis/resource-types.ts';
import type { Route } from '../../apis/route.openshift.io/v1/types.ts';
import type { Client } from '../../client/client.ts';
import {
  type Clock,
  type Controller,
  type Informers,
  source,
} from '../../controller-kit/controller.ts';
import { objectKey } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { claimHosts, routeHost } from './host-claims.ts';
import { claimedIngress, type RouterIdentity } from './route-status.ts';

/** ClaimDeps is what the claim controller needs. */
export interface ClaimDeps {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly domain: string;
  readonly router: RouterIdentity;
}

const BY_HOST = 'router-host';

/**
 * newClaimController makes the controller that writes into the status of routes whether this router
 * admits them. Its keys are hosts: whoever comes or goes, all rivals are decided together.
 */
export function newClaimController(deps: ClaimDeps): Controller {
  const { client, domain } = deps;
  const routes = deps.informers.informer(ROUTES);
  const hostKey = (route: Route) => `host:${routeHost(route, domain)}`;
  routes.addIndex(BY_HOST, (route) => [hostKey(route)]);
  return {
    name: 'route-claims',
    concurrency: 4,
    sources: [
      source(ROUTES, (route, previous) => {
        return previous === undefined ? [hostKey(route)] : [hostKey(route), hostKey(previous)];
      }),
    ],
    async reconcile(key) {
      const rivals = routes.byIndex(BY_HOST, key);
      const claims = claimHosts(rivals, domain);
      for (const route of rivals) {
        const claim = claims.get(objectKey(route));
        const now = deps.clock.now();
        const ingress = claim && claimedIngress(route, claim, deps.router, now);
        if (ingress !== undefined) await write(client, { ...route, status: { ingress } });
      }
      return undefined;
    },
  };
}

async function write(client: Client, route: Route): Promise<void> {
  try {
    await client.updateStatus(ROUTES, route);
  } catch (error) {
    // Deleted meanwhile: its rivals are decided by the change that this is.
    if (!isNotFound(error)) throw error;
  }
}
