import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { PODS } from '../apis/resource-types.ts';
import { isStatusError } from '../machinery/status-error.ts';
import { ConnectionError } from './connection-error.ts';
import { type HttpTransport, newHttpTransport } from './http-transport.ts';
import { newClient } from './rest-client.ts';
import type { HttpTransportOptions } from './transport-options.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(handler: Handler): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function transportTo(url: string, options: Partial<HttpTransportOptions> = {}): HttpTransport {
  const transport = newHttpTransport({ server: url, ...options });
  closers.push(() => transport.close());
  return transport;
}

function answer(response: ServerResponse, code: number, object: object): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(object));
}

describe('newHttpTransport', () => {
  it('sends credentials, impersonation and the body, and answers the object and warnings', async () => {
    const { url } = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.setHeader('warning', ['299 - "first"', '299 - "a \\"second\\", really"']);
      answer(response, 201, { headers: request.headers, got: Buffer.concat(chunks).toString() });
    });
    const warned: string[] = [];
    const transport = transportTo(url, {
      token: async () => 'secret',
      impersonate: { user: 'eve', groups: ['a', 'b'] },
      onWarning: (text) => warned.push(text),
    });
    const { status, body, warnings } = await transport.request({
      method: 'POST',
      path: '/api',
      body: { a: 1 },
    });
    const { headers, got } = (body as { object: { headers: Record<string, string>; got: string } })
      .object;
    expect(status).toBe(201);
    expect(got).toBe('{"a":1}');
    expect(headers).toMatchObject({
      authorization: 'Bearer secret',
      'impersonate-user': 'eve',
      'impersonate-group': 'a, b',
      'content-type': 'application/json',
    });
    expect(warnings).toEqual(['first', 'a "second", really']);
    expect(warned).toEqual(warnings);
  });

  it('turns a Status into a StatusError and any other failure into one by its code', async () => {
    const status = {
      kind: 'Status',
      status: 'Failure',
      reason: 'Expired',
      message: 'old',
      code: 410,
    };
    const { url } = await serve((request, response) => {
      if (request.url === '/status') answer(response, 410, status);
      else {
        response.writeHead(503);
        response.end('upstream is away');
      }
    });
    const transport = transportTo(url);
    const first = await transport.request({ method: 'GET', path: '/status' }).catch((e) => e);
    expect(isStatusError(first, 'Expired')).toBe(true);
    const second = await transport.request({ method: 'GET', path: '/x' }).catch((e) => e);
    expect(isStatusError(second, 'ServiceUnavailable')).toBe(true);
    expect(second.message).toBe('upstream is away');
  });

  it('says which server could not be reached and why', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const error = await transportTo(url)
      .request({ method: 'GET', path: '/' })
      .catch((e) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ server: url, code: 'ECONNREFUSED' });
  });

  it('reads a watch line by line, however it is cut, and ends it on abort', async () => {
    const events = ['one', 'zwölf'].map((name) => ({
      type: 'ADDED',
      object: { kind: 'Pod', metadata: { name } },
    }));
    const all = Buffer.from(events.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let i = 0; i < all.length; i += 7) response.write(all.subarray(i, i + 7));
    });
    const abort = new AbortController();
    const watch = await newClient(transportTo(url)).watch(PODS, { signal: abort.signal });
    const names: unknown[] = [];
    for await (const event of watch) {
      names.push(event.object.metadata.name);
      if (names.length === 2) abort.abort();
    }
    expect(names).toEqual(['one', 'zwölf']);
  });

  it('fails a watch whose connection breaks', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"type":"ADDED","object":{}}\n');
      setTimeout(() => response.destroy(), 10);
    });
    const watch = await newClient(transportTo(url)).watch(PODS);
    const read = async () => {
      for await (const _ of watch);
    };
    await expect(read()).rejects.toBeInstanceOf(ConnectionError);
  });

  it('streams bytes up and down', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      request.pipe(response);
    });
    async function* source() {
      for (let i = 0; i < 3; i += 1) yield Buffer.alloc(100_000, 'x');
    }
    const { body } = await transportTo(url).request({ method: 'POST', path: '/', body: source() });
    let size = 0;
    if (body.kind === 'bytes') for await (const chunk of body.bytes) size += chunk.length;
    expect(size).toBe(300_000);
  });

  it('upgrades to a WebSocket that carries whole messages', async () => {
    const { url, server } = await serve(() => undefined);
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    const connection = await transportTo(url).upgrade({ method: 'GET', path: '/exec' }, [
      'v5.channel.k8s.io',
      'v4.channel.k8s.io',
    ]);
    expect(connection.protocol).toBe('v4.channel.k8s.io');
    connection.messages.write(Buffer.from([0, 1, 2]));
    const [first] = await connection.messages.take(1).toArray();
    expect([...first]).toEqual([0, 1, 2]);
    connection.close();
  });

  it('fails an upgrade with the Status that the server answered', async () => {
    const { url, server } = await serve(() => undefined);
    server.on('upgrade', (_, socket) => {
      const body = '{"kind":"Status","status":"Failure","reason":"Forbidden","code":403}';
      socket.end(`HTTP/1.1 403 No\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const error = await transportTo(url)
      .upgrade({ method: 'GET', path: '/exec' }, ['v4.channel.k8s.io'])
      .catch((e) => e);
    expect(isStatusError(error, 'Forbidden')).toBe(true);
  });
});
