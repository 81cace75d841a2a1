import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** UpgradeSocket is a raw connection whose `Upgrade` request is yet to be answered. */
export interface UpgradeSocket {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** ConnectCall is the part of the API server's request that the agent reads. */
export interface ConnectCall {
  readonly query: URLSearchParams;
  readonly upgrade?: UpgradeSocket;
}

/** StreamTarget is one container of a pod, addressed by a kubelet path. */
export interface StreamTarget {
  readonly verb: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly query: URLSearchParams;
}

/** parseConnect reads `/VERB/NAMESPACE/POD[/CONTAINER][?QUERY]`; a query in the path goes first. */
export function parseConnect(path: string, call: ConnectCall): StreamTarget {
  const [bare = '', search] = path.split('?');
  const [, verb = '', namespace = '', pod = '', container = ''] = bare
    .split('/')
    .map(decodeURIComponent);
  const query = search === undefined ? call.query : new URLSearchParams(search);
  return { verb, namespace, pod, container, query };
}

/** flag reads a boolean of a query, by kubelet's name or the API's. */
export function flag(query: URLSearchParams, ...names: readonly string[]): boolean {
  return names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
}
