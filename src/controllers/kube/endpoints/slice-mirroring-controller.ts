import type { EndpointAddress, EndpointSubset, Endpoints } from '../../../apis/core/v1/types.ts';
import type { Endpoint } from '../../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { controllerReference } from '../owner.ts';
import { type EndpointGroup, planSlices } from './slice-plan.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, slicesOf, writeSlices } from './slice-writer.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_LABEL = 'endpointslice.kubernetes.io/skip-mirror';

/**
 * newSliceMirroringController makes EndpointSlices of Endpoints that users keep by hand, for
 * services without a selector (kube-controller-manager's `endpointslicemirroring`).
 */
export function newSliceMirroringController(deps: ControllerDeps): Controller {
  const services = deps.informers.informer(SERVICES);
  const endpoints = deps.informers.informer(ENDPOINTS);
  const slices = deps.informers.informer(ENDPOINT_SLICES);
  return {
    name: 'endpoint-slice-mirroring',
    sources: [
      source(SERVICES, (service) => [objectKey(service)]),
      source(ENDPOINTS, (one) => [objectKey(one)]),
      source(ENDPOINT_SLICES, ({ metadata }) => {
        const ours = metadata.labels?.[MANAGED_BY_LABEL] === MANAGER;
        return ours ? [`${metadata.namespace}/${metadata.labels?.[SERVICE_NAME_LABEL]}`] : [];
      }),
    ],
    reconcile: async (key) => {
      const service = services.get(key);
      const manual = endpoints.get(key);
      const [namespace = '', name = ''] = key.split('/');
      const existing = slicesOf(slices.list(namespace), name, MANAGER);
      const selects = Object.keys(service?.spec?.selector ?? {}).length > 0;
      if (!service || !manual || selects || manual.metadata.labels?.[SKIP_LABEL] === 'true') {
        await writeSlices(deps.client, { create: [], update: [], remove: existing });
        return undefined;
      }
      const owner = { name, metadata: { ...mirrored(manual), namespace } };
      await writeSlices(deps.client, planSlices(owner, groupsOf(manual), existing));
      return undefined;
    },
  };
}

function mirrored(manual: Endpoints) {
  return {
    labels: {
      ...manual.metadata.labels,
      [SERVICE_NAME_LABEL]: manual.metadata.name ?? '',
      [MANAGED_BY_LABEL]: MANAGER,
    },
    ownerReferences: [controllerReference(ENDPOINTS, manual)],
  };
}

function groupsOf({ subsets = [] }: Endpoints): EndpointGroup[] {
  return subsets.map((subset: EndpointSubset) => ({
    ports: (subset.ports ?? []).map((port) => ({
      ...port,
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
    })),
    endpoints: [
      ...(subset.addresses ?? []).map((one) => endpointOf(one, true)),
      ...(subset.notReadyAddresses ?? []).map((one) => endpointOf(one, false)),
    ],
  }));
}

function endpointOf(
  { ip, hostname, nodeName, targetRef }: EndpointAddress,
  ready: boolean,
): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready, serving: ready, terminating: false },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  };
}
