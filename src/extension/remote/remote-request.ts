import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream';
import { namedTrustIn } from '../../client/trust.ts';
import type { Address } from './service-resolver.ts';

/** RemoteTls is how a server proves who it is, and how it is told who asks. */
export interface RemoteTls {
  readonly serverName: string;
  /** Empty: what the system trusts. */
  readonly caPem: string;
  readonly insecure: boolean;
  readonly client?: { readonly certPem: string; readonly keyPem: string } | undefined;
}

/** RemoteRequest is one request to a server outside this process. */
export interface RemoteRequest {
  readonly address: Address;
  readonly tls: RemoteTls;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The time until the head of the answer is there. Default: no limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const MAX_SOCKETS = 100;
/** MAX_AGENTS is more than there are servers: their certificates, and ours, are renewed. */
const MAX_AGENTS = 64;

/**
 * RemoteClient keeps the connections to servers outside this process.
 *
 * INVARIANTS: connections under way are not cut off by others. At most MAX_AGENTS agents are kept,
 * beside those with such connections.
 */
export class RemoteClient {
  readonly #agents = new Map<string, Agent>();
  readonly #onFailure: (error: unknown) => void;

  /** `onFailure` is told why a server could not be reached. */
  constructor(onFailure: (error: unknown) => void = () => undefined) {
    this.#onFailure = onFailure;
  }

  /** send answers the head of the response; its body is to be read or destroyed by the caller. */
  send(wanted: RemoteRequest): Promise<IncomingMessage> {
    const { address, method, path, headers, timeoutMs, body, signal } = wanted;
    return new Promise((resolve, reject) => {
      const sent = request({
        host: address.host,
        port: address.port,
        method,
        path,
        headers,
        agent: this.#agentOf(wanted),
        ...(signal ? { signal } : {}),
      });
      const late = () => sent.destroy(new Error('context deadline exceeded'));
      const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
      sent.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      sent.on('error', (error) => {
        clearTimeout(timer);
        this.#onFailure(error);
        reject(error);
      });
      if (body === undefined || body instanceof Uint8Array) sent.end(body);
      else pipeline(body, sent, (error) => error && sent.destroy(error));
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agentOf({ tls }: RemoteRequest): Agent {
    const key = JSON.stringify(tls);
    const known = this.#agents.get(key);
    if (known) return known;
    const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...tlsOptions(tls) });
    if (this.#agents.size >= MAX_AGENTS) this.#dropIdle();
    this.#agents.set(key, agent);
    return agent;
  }

  #dropIdle(): void {
    for (const [key, agent] of this.#agents) {
      if (Object.keys(agent.sockets).length > 0) continue;
      agent.destroy();
      this.#agents.delete(key);
    }
  }
}

/** tlsOptions are the options of Node for a connection. */
export function tlsOptions({ serverName, caPem, insecure, client }: RemoteTls) {
  return {
    servername: serverName,
    rejectUnauthorized: !insecure,
    ...namedTrustIn(caPem),
    ...(client ? { cert: client.certPem, key: client.keyPem } : {}),
  };
}

/** readAll reads a body that may not be longer than a limit. */
export async function readAll(response: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > limitBytes) {
      response.destroy();
      throw new Error('the answer is too large');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
