import type { Service } from '../../apis/core/v1/types.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';

/** ClusterService is a service that the platform itself provides to pods, on the node's address. */
export interface ClusterService {
  readonly namespace: string;
  readonly name: string;
  /** Absent: any free address. */
  readonly clusterIP?: string;
  readonly ports: readonly ClusterServicePort[];
}

interface ClusterServicePort {
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly targetPort: number;
}

/** ServiceAddresses are where the platform's own servers listen for pods. */
export interface ServiceAddresses {
  readonly gateway: string;
  readonly apiPort: number;
  readonly registryPort: number;
  readonly dnsPort: number;
}

/** clusterServices are the services that every OpenShift has: the API, DNS and the registry. */
function clusterServices({ apiPort, registryPort, dnsPort }: ServiceAddresses): ClusterService[] {
  return [
    {
      namespace: 'default',
      name: 'kubernetes',
      clusterIP: '172.30.0.1',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: apiPort }],
    },
    {
      namespace: 'openshift-dns',
      name: 'dns-default',
      clusterIP: '172.30.0.10',
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: dnsPort },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: dnsPort },
      ],
    },
    {
      namespace: 'openshift-image-registry',
      name: 'image-registry',
      ports: [{ name: '5000-tcp', protocol: 'TCP', port: 5000, targetPort: registryPort }],
    },
  ];
}

function serviceOf(one: ClusterService): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: one.name, namespace: one.namespace, labels: labelsOf(one) },
    spec: {
      ...(one.clusterIP && { clusterIP: one.clusterIP }),
      ports: one.ports.map((port) => ({ ...port })),
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
}

function labelsOf(one: ClusterService): Record<string, string> {
  return one.name === 'kubernetes' ? { component: 'apiserver', provider: 'kubernetes' } : {};
}

function endpointsOf(one: ClusterService, address: string) {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: one.name,
      namespace: one.namespace,
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [
      {
        addresses: [{ ip: address }],
        ports: one.ports.map(({ name, protocol, targetPort }) => ({
          name,
          protocol,
          port: targetPort,
        })),
      },
    ],
  };
}

function endpointSliceOf(one: ClusterService, address: string): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: one.name,
      namespace: one.namespace,
      labels: { 'kubernetes.io/service-name': one.name },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: one.ports.map(({ name, protocol, targetPort }) => ({
      name,
      protocol,
      port: targetPort,
    })),
  };
}

/** ensure creates an object, or brings an existing one to the wanted content. */
async function ensure<T extends KubeObject>(
  client: Client,
  type: ResourceType<T>,
  object: T,
): Promise<void> {
  const { namespace, name = '' } = object.metadata;
  const body = { type: 'application/merge-patch+json', body: object } as const;
  try {
    await client.patch(type, { namespace, name }, body);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.create(type, object);
  }
}

/** ensureClusterServices makes the platform's services point to this node. Idempotent. */
export async function ensureClusterServices(
  client: Client,
  addresses: ServiceAddresses,
): Promise<void> {
  await Promise.all(
    clusterServices(addresses).map(async (one) => {
      await ensure(client, SERVICES, serviceOf(one));
      await ensure(client, ENDPOINTS, endpointsOf(one, addresses.gateway));
      await ensure(client, ENDPOINT_SLICES, endpointSliceOf(one, addresses.gateway));
    }),
  );
}
