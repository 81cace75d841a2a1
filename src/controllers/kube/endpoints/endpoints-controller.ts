import type { Endpoints, Pod, Service } from '../../../apis/core/v1/types.ts';
import { ENDPOINTS, PODS, SERVICES } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { objectKey, splitKey } from '../../../machinery/object.ts';
import { isNotFound, newConflict } from '../../../machinery/status-error.ts';
import { endpointSubsets } from './endpoint-subsets.ts';
import {
  HEADLESS_LABEL,
  hasSelectedPods,
  isHeadless,
  podsOfServices,
  selectedPods,
} from './service-pods.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';

/**
 * newEndpointsController keeps the Endpoints of every service that has a selector
 * (kube-controller-manager's `endpoint`). Endpoints of services without one belong to the user.
 */
export function newEndpointsController(deps: ControllerDeps): Controller {
  const services = deps.informers.informer(SERVICES);
  const pods = deps.informers.informer(PODS);
  const endpoints = deps.informers.informer(ENDPOINTS);
  return {
    name: 'endpoints',
    concurrency: 4,
    sources: [
      source(SERVICES, (service) => [objectKey(service)]),
      source(ENDPOINTS, (one) => {
        const key = objectKey(one);
        return services.get(key) || isMade(one) ? [key] : [];
      }),
      podsOfServices(services),
    ],
    reconcile: async (key) => {
      const service = services.get(key);
      const current = endpoints.get(key);
      if (!service) {
        if (current && isOurs(current)) await remove(deps, key);
        return undefined;
      }
      if (!hasSelectedPods(service)) return undefined;
      const { namespace } = service.metadata;
      const wanted = endpointsOf(service, selectedPods(service, pods.list(namespace)), current);
      if (!current) await create(deps, wanted);
      else if (!sameEndpoints(current, wanted)) await deps.client.update(ENDPOINTS, wanted);
      return undefined;
    },
  };
}

/** isMade tells Endpoints of this controller from those that somebody keeps without a service. */
function isMade({ metadata }: Endpoints): boolean {
  return metadata.labels?.[MANAGED_BY] === MANAGER;
}

/** A service that went takes its Endpoints along, whoever made them, but not a leader's lock. */
function isOurs({ metadata }: Endpoints): boolean {
  return metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined;
}

async function remove({ client }: ControllerDeps, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  await client.delete(ENDPOINTS, { namespace, name }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** create: when the informer is behind, what exists comes by it soon, so look again then. */
async function create({ client }: ControllerDeps, wanted: Endpoints): Promise<void> {
  const created = await createUnlessExists(client, ENDPOINTS, wanted);
  if (created === undefined) throw newConflict(ENDPOINTS, wanted.metadata.name ?? '');
}

function endpointsOf(
  service: Service,
  pods: readonly Pod[],
  current: Endpoints | undefined,
): Endpoints {
  const { name = '', namespace = '', labels } = service.metadata;
  const all = {
    ...labels,
    ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
    [MANAGED_BY]: MANAGER,
  };
  const subsets = endpointSubsets(service, pods);
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? { name, namespace }),
      labels: all,
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
}

function sameEndpoints(a: Endpoints, b: Endpoints): boolean {
  return (
    semanticEqual(a.subsets ?? [], b.subsets ?? []) &&
    semanticEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {})
  );
}
