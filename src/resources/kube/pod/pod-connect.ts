import { allContainers } from '../../../apis/core/v1/defaults.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import { negotiate } from '../../../apiserver/request/media-type.ts';
import type {
  ConnectRequest,
  RequestContext,
  Subresource,
} from '../../../apiserver/resource-definition.ts';
import type { ApiBody } from '../../../client/transport.ts';
import { newBadRequest } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { logQuery } from './log-query.ts';

/** containerOf answers the container that a request means; 400 when it means none or not one. */
function containerOf(pod: Pod, wanted: string): string {
  const name = pod.metadata.name ?? '';
  const all = pod.spec === undefined ? [] : allContainers(pod.spec).map((one) => one.name);
  if (wanted !== '') {
    if (all.includes(wanted)) return wanted;
    throw newBadRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only, another] = (pod.spec?.containers ?? []).map((one) => one.name);
  if (only === undefined) throw newBadRequest(`a container name must be specified for pod ${name}`);
  if (another === undefined) return only;
  throw newBadRequest(
    `a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`,
  );
}

function nodeOf(pod: Pod): string {
  const node = pod.spec?.nodeName ?? '';
  if (node === '') throw newBadRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  return node;
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}

function checkPorts(query: URLSearchParams): void {
  for (const port of query.getAll('ports').flatMap((one) => one.split(','))) {
    if (/^\d+$/.test(port) || port === '') continue;
    const text = `strconv.ParseUint: parsing ${JSON.stringify(port)}: invalid syntax`;
    throw newBadRequest(`cannot convert to []int32: ${text}`);
  }
}

/** Translates the query of exec and attach into the kubelet's. */
function streamQuery(query: URLSearchParams): URLSearchParams {
  const result = new URLSearchParams();
  if (isTrue(query.get('stdin'))) result.set('input', '1');
  if (isTrue(query.get('stdout'))) result.set('output', '1');
  if (isTrue(query.get('stderr'))) result.set('error', '1');
  if (isTrue(query.get('tty'))) result.set('tty', '1');
  for (const word of query.getAll('command')) result.append('command', word);
  return result;
}

/** connectSubresources serve log, exec, attach and portforward through the agent of the pod's node. */
export function connectSubresources(deps: KubeDeps): Record<string, Subresource<Pod>> {
  const find = (request: ConnectRequest, context: RequestContext) =>
    deps.client.get(PODS, { namespace: context.namespace, name: request.name });
  const path = (verb: string, pod: Pod, container?: string) =>
    ['', verb, pod.metadata.namespace, pod.metadata.name, container]
      .filter((part) => part !== undefined)
      .join('/');

  async function log(
    request: ConnectRequest,
    context: RequestContext,
  ): Promise<ApiBody | undefined> {
    // The log is text whatever is accepted, but upstream refuses who accepts nothing else.
    negotiate(String(request.headers.accept ?? ''), { isPlain: true, isText: true });
    const query = logQuery(request.name, request.query);
    const pod = await find(request, context);
    const container = containerOf(pod, request.query.get('container') ?? '');
    const node = pod.spec?.nodeName ?? '';
    if (node === '') return { kind: 'bytes', status: 204, contentType: '', bytes: nothing() };
    const kubeletPath = path('containerLogs', pod, container);
    return deps.nodes.connect(node, kubeletPath, { ...request, query });
  }

  function stream(verb: 'exec' | 'attach') {
    return async (request: ConnectRequest, context: RequestContext) => {
      const pod = await find(request, context);
      const container = containerOf(pod, request.query.get('container') ?? '');
      const query = streamQuery(request.query);
      return deps.nodes.connect(nodeOf(pod), path(verb, pod, container), { ...request, query });
    };
  }

  async function portForward(request: ConnectRequest, context: RequestContext) {
    checkPorts(request.query);
    const pod = await find(request, context);
    return deps.nodes.connect(nodeOf(pod), path('portForward', pod), request);
  }

  const methods = ['GET', 'POST'] as const;
  return {
    log: { kind: 'connect', methods: ['GET'], outputKind: 'Pod', connect: log },
    exec: { kind: 'connect', methods, outputKind: 'PodExecOptions', connect: stream('exec') },
    attach: { kind: 'connect', methods, outputKind: 'PodAttachOptions', connect: stream('attach') },
    portforward: {
      kind: 'connect',
      methods,
      outputKind: 'PodPortForwardOptions',
      connect: portForward,
    },
  };
}

async function* nothing(): AsyncIterable<Uint8Array> {}
