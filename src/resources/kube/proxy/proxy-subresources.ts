import type {
  EndpointAddress,
  Endpoints,
  Node,
  Pod,
  Service,
} from '../../../apis/core/v1/types.ts';
import { ENDPOINTS, NODES, PODS, SERVICES } from '../../../apis/resource-types.ts';
import type {
  ConnectRequest,
  RequestContext,
  Subresource,
} from '../../../apiserver/resource-definition.ts';
import type { ApiBody } from '../../../client/transport.ts';
import { parseAddress } from '../../../machinery/ip-prefix.ts';
import {
  isNotFound,
  newBadRequest,
  newNotFound,
  newServiceUnavailable,
} from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { forwardRequest } from './forward-request.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { type ProxyTarget, parseProxyName, targetOf } from './proxy-target.ts';

type ProxyDeps = Pick<KubeDeps, 'client' | 'nodes' | 'random'>;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const KUBELET_PORT = '10250';

async function* nothing(): AsyncIterable<Uint8Array> {}

/** Sends a browser that left out the slash at the end of a proxy's path to where links work. */
function withSlash(prefix: string, { query }: ConnectRequest): ApiBody {
  const text = query.toString();
  const location = `${prefix}/${text === '' ? '' : `?${text}`}`;
  return {
    kind: 'bytes',
    status: 301,
    contentType: '',
    headers: { location },
    bytes: nothing(),
  };
}

async function forward(
  target: ProxyTarget,
  prefix: string,
  call: { readonly request: ConnectRequest; readonly context: RequestContext },
): Promise<ApiBody | undefined> {
  const { request, context } = call;
  const forwarding = { target, prefix, request, signal: context.signal };
  if (request.upgrade !== undefined) {
    await forwardUpgrade(forwarding);
    return undefined;
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (request.subpath === '' && isRead) return withSlash(prefix, request);
  return forwardRequest(forwarding);
}

function subresource<T extends Pod | Service | Node>(
  outputKind: string,
  connect: (request: ConnectRequest, context: RequestContext) => Promise<ApiBody | undefined>,
): Subresource<T> {
  return { kind: 'connect', methods: METHODS, outputKind, hasPath: true, connect };
}

/** Whether an address may be reached through the API: not the API server's own host, and no group. */
function isReachable(address: string): boolean {
  if (parseAddress(address) === undefined) return false;
  return !/^(127\.|0\.0\.0\.0$|169\.254\.|22[4-9]\.|23\d\.|255\.255\.255\.255$|::1?$|fe[89ab]|ff)/i.test(
    address,
  );
}

/** podProxy serves `pods/proxy`: requests to a port of a pod, at its address. */
export function podProxy({ client }: ProxyDeps): Subresource<Pod> {
  return subresource('PodProxyOptions', async (request, context) => {
    const { scheme, name, port } = parseProxyName(request.name, 'pod');
    const { namespace } = context;
    const pod = await client.get(PODS, { namespace, name });
    const ports = (pod.spec?.containers ?? []).flatMap((one) => one.ports ?? []);
    const address = pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '';
    if (!isReachable(address)) throw newBadRequest('address not allowed');
    const target = targetOf(scheme, address, port || String(ports[0]?.containerPort ?? ''));
    const prefix = `/api/v1/namespaces/${namespace}/pods/${request.name}/proxy`;
    return forward(target, prefix, { request, context });
  });
}

/** The name of the port that is asked for by number; what is not a number is a name already. */
async function portName(
  { client }: ProxyDeps,
  ref: { readonly namespace: string; readonly name: string },
  port: string,
): Promise<string> {
  if (!/^\d+$/.test(port)) return port;
  const service = await client.get(SERVICES, ref);
  const found = service.spec?.ports?.find((one) => one.port === Number(port));
  if (found === undefined)
    throw newServiceUnavailable(
      `no service port ${Number(port)} found for service ${JSON.stringify(ref.name)}`,
    );
  return found.name ?? '';
}

/** Turns a list so that it begins at a random place. */
function turned<T>(list: readonly T[], random: () => number): T[] {
  const from = Math.floor(random() * list.length);
  return [...list.slice(from), ...list.slice(0, from)];
}

async function isPod(
  { client }: ProxyDeps,
  { ip, targetRef }: EndpointAddress,
  namespace: string,
): Promise<boolean> {
  if (targetRef?.namespace !== namespace || targetRef.name === undefined) return false;
  const pod = await client.get(PODS, { namespace, name: targetRef.name }).catch(() => undefined);
  const { podIP, podIPs = [] } = pod?.status ?? {};
  return podIP === ip || podIPs.some((one) => one.ip === ip);
}

async function addressOf(
  deps: ProxyDeps,
  { subsets = [], metadata }: Endpoints,
  port: string,
): Promise<{ host: string; port: number } | undefined> {
  const random = deps.random ?? Math.random;
  for (const { addresses = [], ports = [] } of turned(subsets, random)) {
    const found = ports.find((one) => (one.name ?? '') === port);
    if (found === undefined) continue;
    for (const address of turned(addresses, random))
      if (await isPod(deps, address, metadata.namespace ?? ''))
        return { host: address.ip, port: found.port };
  }
  return undefined;
}

async function endpointsOf(
  { client }: ProxyDeps,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Endpoints> {
  try {
    return await client.get(ENDPOINTS, ref);
  } catch (error) {
    // Upstream speaks of what was asked for.
    throw isNotFound(error) ? newNotFound(SERVICES, ref.name) : error;
  }
}

/** serviceProxy serves `services/proxy`: requests to one of the pods behind a service. */
export function serviceProxy(deps: ProxyDeps): Subresource<Service> {
  return subresource('ServiceProxyOptions', async (request, context) => {
    const { scheme, name, port } = parseProxyName(request.name, 'service');
    const { namespace } = context;
    const named = await portName(deps, { namespace, name }, port);
    const endpoints = await endpointsOf(deps, { namespace, name });
    const found = await addressOf(deps, endpoints, named);
    if (found === undefined) {
      const asked = (endpoints.subsets ?? []).length === 0 ? name : request.name;
      throw newServiceUnavailable(`no endpoints available for service ${JSON.stringify(asked)}`);
    }
    const prefix = `/api/v1/namespaces/${namespace}/services/${request.name}/proxy`;
    return forward({ ...found, isTls: scheme === 'https' }, prefix, { request, context });
  });
}

/** nodeProxy serves `nodes/proxy`: requests to the agent of a node, or to another port of it. */
export function nodeProxy({ client, nodes }: ProxyDeps): Subresource<Node> {
  return subresource('NodeProxyOptions', async (request, context) => {
    const { scheme, name, port } = parseProxyName(request.name, 'node');
    const node = await client.get(NODES, { name });
    if (port === '' || port === KUBELET_PORT) return nodes.connect(name, request.subpath, request);
    const address =
      node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    if (!isReachable(address)) throw newBadRequest('address not allowed');
    const prefix = `/api/v1/nodes/${request.name}/proxy`;
    return forward(targetOf(scheme, address, port), prefix, { request, context });
  });
}
