import http from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { EngineError } from '../engine.ts';

/** OLDEST_API is the API version that everything here is written for (Docker 20.10). */
const OLDEST_API = '1.41';

/** EngineRequest is one call of the engine's HTTP API; the path has no version. */
export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a stream as it is. */
  readonly body?: object | undefined;
  readonly stream?: Readable | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Connection carries requests to the engine's socket and turns its failures into EngineErrors. */
export interface Connection {
  /** json answers the decoded body, undefined where the body is empty. */
  json<T>(request: EngineRequest): Promise<T>;
  /** open answers the response once its status is known to be a success; read it to the end. */
  open(request: EngineRequest): Promise<http.IncomingMessage>;
  /** hijack turns the connection into a raw one, as attach and exec want it. */
  hijack(request: EngineRequest): Promise<{ socket: Socket; head: Buffer }>;
  close(): void;
}

interface Versions {
  readonly ApiVersion: string;
  readonly MinAPIVersion: string;
}

function newer(a: string, b: string): string {
  return Number(a.split('.')[1] ?? 0) > Number(b.split('.')[1] ?? 0) ? a : b;
}

function queryString(query: EngineRequest['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

async function readText(response: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function messageOf(text: string, status: number): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message !== undefined) return message.trim();
  } catch {
    // Not every proxy in front of an engine answers JSON: its text is the message then.
  }
  return text.trim() || `the engine answered status ${status}`;
}

function unreachable(socketPath: string, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const why = code === 'ENOENT' || code === 'ECONNREFUSED' ? 'Is the docker daemon running?' : code;
  return new EngineError(0, `Cannot connect to the Docker daemon at unix://${socketPath}. ${why}`, {
    cause,
  });
}

/** newConnection speaks HTTP over a unix socket. No socket is opened before the first request. */
export function newConnection(socketPath: string): Connection {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 16 });
  let version: Promise<string> | undefined;

  function start(request: EngineRequest, prefix: string, hijacked: boolean): http.ClientRequest {
    const headers: Record<string, string> = { host: 'docker', ...request.headers };
    let payload: string | undefined;
    if (request.body !== undefined) {
      payload = JSON.stringify(request.body);
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(payload));
    }
    if (hijacked) Object.assign(headers, { connection: 'Upgrade', upgrade: 'tcp' });
    const sent = http.request({
      socketPath,
      method: request.method,
      path: `${prefix}${request.path}${queryString(request.query)}`,
      headers,
      agent: hijacked ? false : agent,
      signal: request.signal,
    });
    if (request.stream !== undefined) request.stream.pipe(sent);
    else sent.end(payload);
    request.stream?.once('error', (error) => sent.destroy(error));
    return sent;
  }

  function answer(sent: http.ClientRequest): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      sent.once('response', resolve);
      sent.on('error', (error) => reject(unreachable(socketPath, error)));
    });
  }

  async function checked(response: http.IncomingMessage): Promise<http.IncomingMessage> {
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw new EngineError(status, messageOf(await readText(response), status));
  }

  async function negotiate(): Promise<string> {
    const response = await answer(start({ method: 'GET', path: '/version' }, '', false));
    const versions = JSON.parse(await readText(await checked(response))) as Versions;
    return `/v${newer(versions.MinAPIVersion, OLDEST_API)}`;
  }

  function prefix(): Promise<string> {
    version ??= negotiate().catch((error) => {
      version = undefined;
      throw error;
    });
    return version;
  }

  async function open(request: EngineRequest): Promise<http.IncomingMessage> {
    return checked(await answer(start(request, await prefix(), false)));
  }

  async function json<T>(request: EngineRequest): Promise<T> {
    const text = await readText(await open(request));
    return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
  }

  async function hijack(request: EngineRequest): Promise<{ socket: Socket; head: Buffer }> {
    const sent = start(request, await prefix(), true);
    const upgraded = new Promise<{ socket: Socket; head: Buffer }>((resolve) => {
      sent.once('upgrade', (_response, socket: Socket, head: Buffer) => resolve({ socket, head }));
    });
    const refused = answer(sent)
      .then(checked)
      .then(() => {
        throw new EngineError(500, 'the engine did not hand over the connection');
      });
    return Promise.race([upgraded, refused]);
  }

  return { json, open, hijack, close: () => agent.destroy() };
}
