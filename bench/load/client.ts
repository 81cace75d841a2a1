import { Pool } from 'undici';
import type { Credentials } from './target.ts';

/** Call is one request of a client. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
}

function newPool(to: Credentials, connections: number): Pool {
  const { port, caPem: ca, certPem: cert, keyPem: key } = to;
  return new Pool(`https://127.0.0.1:${port}`, { connections, connect: { ca, cert, key } });
}

async function send(pool: Pool, call: Call): Promise<Buffer> {
  const { method, path, body, contentType = 'application/json' } = call;
  const answer = await pool.request({
    method,
    path,
    body: body === undefined ? null : JSON.stringify(body),
    headers: { 'content-type': contentType },
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode < 300) return bytes;
  throw new Error(`${method} ${path}: ${answer.statusCode} ${bytes.toString()}`);
}

/** Clients send requests beside each other, each on a connection of its own. */
export interface Clients {
  /** each sends so many requests; a client sends its next one when it has been answered. */
  each(count: number, callOf: (index: number) => Call): Promise<void>;
  close(): Promise<void>;
}

function newClients(to: Credentials, clients: number): Clients {
  const pool = newPool(to, clients);
  return {
    async each(count, callOf) {
      let next = 0;
      const client = async () => {
        while (next < count) {
          const index = next;
          next += 1;
          await send(pool, callOf(index));
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
    },
    close: () => pool.close(),
  };
}

/** openClients makes clients whose connections are open already. */
export async function openClients(to: Credentials, clients: number): Promise<Clients> {
  const opened = newClients(to, clients);
  await opened.each(clients, () => ({ method: 'GET', path: '/version' }));
  return opened;
}

/** each sends so many requests, on as many connections as there are clients. */
export async function each(
  to: Credentials,
  many: { readonly clients: number; readonly count: number },
  callOf: (index: number) => Call,
): Promise<void> {
  const clients = newClients(to, many.clients);
  try {
    await clients.each(many.count, callOf);
  } finally {
    await clients.close();
  }
}

/** pagedListMs reads a list page by page and answers how long that took, and how many items came. */
export async function pagedListMs(
  to: Credentials,
  path: string,
  limit: number,
): Promise<{ ms: number; items: number }> {
  const pool = newPool(to, 1);
  const started = performance.now();
  let items = 0;
  let token = '';
  let readMs = 0;
  do {
    const query = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const bytes = await send(pool, { method: 'GET', path: `${path}?limit=${limit}${query}` });
    const read = performance.now();
    const page = JSON.parse(bytes.toString()) as {
      metadata: { continue?: string };
      items: unknown[];
    };
    items += page.items.length;
    token = page.metadata.continue ?? '';
    readMs += performance.now() - read;
  } while (token !== '');
  const ms = performance.now() - started - readMs;
  await pool.close();
  return { ms, items };
}

/**
 * createToWatchMs creates objects one after the other and answers, for each, how long after the
 * request was sent a watch had its event.
 */
export async function createToWatchMs(
  to: Credentials,
  watchPath: string,
  count: number,
  callOf: (index: number) => Call,
): Promise<number[]> {
  const [pool, watching] = [newPool(to, 1), newPool(to, 1)];
  const { body } = await watching.request({ method: 'GET', path: watchPath });
  let onEvent: () => void = () => undefined;
  body.on('data', (chunk: Buffer) => {
    if (chunk.includes('\n')) onEvent();
  });
  body.on('error', () => undefined);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const event = new Promise<void>((resolve) => {
      onEvent = resolve;
    });
    const started = performance.now();
    const [, seen] = await Promise.all([
      send(pool, callOf(index)),
      event.then(() => performance.now()),
    ]);
    times.push(seen - started);
  }
  await Promise.all([pool.destroy(), watching.destroy()]);
  return times;
}
