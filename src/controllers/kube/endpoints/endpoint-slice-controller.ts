import type { Pod, Service } from '../../../apis/core/v1/types.ts';
import type { Endpoint } from '../../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { controllerReference } from '../owner.ts';
import { isReady } from '../pod-facts.ts';
import {
  HEADLESS_LABEL,
  hasSelectedPods,
  isHeadless,
  podHostname,
  podPorts,
  podReference,
  podsOfServices,
  selectedPods,
} from './service-pods.ts';
import { type EndpointGroup, planSlices, type SliceOwner } from './slice-plan.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, slicesOf, writeSlices } from './slice-writer.ts';

const MANAGER = 'endpointslice-controller.k8s.io';

/**
 * newEndpointSliceController keeps the EndpointSlices of every service that has a selector
 * (kube-controller-manager's `endpointslice`). They go with their service through its ownership.
 */
export function newEndpointSliceController(deps: ControllerDeps): Controller {
  const services = deps.informers.informer(SERVICES);
  const pods = deps.informers.informer(PODS);
  const slices = deps.informers.informer(ENDPOINT_SLICES);
  return {
    name: 'endpoint-slices',
    concurrency: 4,
    sources: [
      source(SERVICES, (service) => [objectKey(service)]),
      source(ENDPOINT_SLICES, ({ metadata }) => {
        const service = metadata.labels?.[SERVICE_NAME_LABEL];
        const ours = metadata.labels?.[MANAGED_BY_LABEL] === MANAGER;
        return service && ours ? [`${metadata.namespace}/${service}`] : [];
      }),
      podsOfServices(services),
    ],
    reconcile: async (key) => {
      const service = services.get(key);
      if (!service || service.metadata.deletionTimestamp || !hasSelectedPods(service)) {
        return undefined;
      }
      const { namespace, name } = service.metadata;
      const groups = endpointGroups(service, selectedPods(service, pods.list(namespace)));
      const existing = slicesOf(slices.list(namespace), name, MANAGER);
      await writeSlices(deps.client, planSlices(ownerOf(service), groups, existing));
      return undefined;
    },
  };
}

function ownerOf(service: Service): SliceOwner {
  const { name = '', namespace = '', labels } = service.metadata;
  return {
    name,
    metadata: {
      namespace,
      labels: {
        ...labels,
        ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
        [SERVICE_NAME_LABEL]: name,
        [MANAGED_BY_LABEL]: MANAGER,
      },
      ownerReferences: [controllerReference(SERVICES, service)],
    },
  };
}

function endpointGroups(service: Service, pods: readonly Pod[]): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>();
  const portless = (service.spec?.ports ?? []).length === 0;
  for (const pod of pods) {
    const ports = podPorts(service, pod).map((port) => ({ ...port, name: port.name ?? '' }));
    if (ports.length === 0 && !portless) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(service, pod));
  }
  return [...groups.values()];
}

function endpointOf(service: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  const publishesAll = service.spec?.publishNotReadyAddresses === true;
  const hostname = podHostname(service, pod);
  const { nodeName } = pod.spec ?? {};
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: publishesAll || (serving && !terminating), serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: podReference(pod),
  };
}
