import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectRequest } from '../../../apiserver/resource-definition.ts';
import { forwardRequest } from './forward-request.ts';
import { forwardUpgrade } from './forward-upgrade.ts';

let backend: Server;
let port = 0;

beforeEach(async () => {
  backend = createServer(async (request, response) => {
    if (request.url === '/page') {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
      response.end(gzipSync('<a href="/x">x</a>'));
      return;
    }
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/there' }).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    const body = Buffer.concat(chunks).toString();
    response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
    response.end(JSON.stringify({ method, url, body, headers }));
  });
  backend.on('upgrade', (request, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    const echo = (chunk: Buffer) => socket.write(`${request.url} ${chunk}`);
    if (head.length > 0) echo(head);
    socket.on('data', echo);
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  port = (backend.address() as AddressInfo).port;
});
afterEach(() => {
  backend.closeAllConnections();
  backend.close();
});

const PREFIX = '/api/v1/namespaces/ns/pods/web/proxy';

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

function forwarding(facts: Partial<ConnectRequest>, to = port) {
  const request: ConnectRequest = {
    name: 'web',
    method: 'GET',
    subpath: '/',
    query: new URLSearchParams(),
    headers: {},
    body: bytesOf(''),
    ...facts,
  };
  const target = { isTls: false, host: '127.0.0.1', port: to };
  return { target, request, prefix: PREFIX, signal: new AbortController().signal };
}

async function answerTo(facts: Partial<ConnectRequest>) {
  const answer = await forwardRequest(forwarding(facts));
  if (answer.kind !== 'bytes') throw new Error(answer.kind);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.bytes) chunks.push(chunk);
  return { ...answer, text: Buffer.concat(chunks).toString() };
}

describe('a request through the proxy', () => {
  it('arrives with method, path, query and body, without what is for the API alone', async () => {
    const answer = await answerTo({
      method: 'POST',
      subpath: '/a/b/',
      query: new URLSearchParams('c=d e'),
      headers: {
        authorization: 'Bearer secret',
        'impersonate-user': 'alice',
        connection: 'keep-alive, x-hop',
        'x-hop': '1',
        'x-kept': 'yes',
        'content-length': '5',
      },
      body: bytesOf('hello'),
    });
    expect(answer).toMatchObject({ status: 201, contentType: 'application/json' });
    expect(answer.headers?.['set-cookie']).toEqual(['a=1', 'b=2']);
    const seen = JSON.parse(answer.text);
    expect(seen).toMatchObject({ method: 'POST', url: '/a/b/?c=d%20e', body: 'hello' });
    expect(seen.headers).toMatchObject({
      'x-kept': 'yes',
      'x-forwarded-uri': `${PREFIX}/a/b/`,
    });
    for (const name of ['authorization', 'impersonate-user', 'x-hop'])
      expect(seen.headers[name]).toBeUndefined();
  });

  it('brings back pages and redirects that lead through the proxy', async () => {
    const page = await answerTo({ subpath: '/page' });
    expect(page.text).toBe(`<a href="${PREFIX}/x">x</a>`);
    expect(page.headers?.['content-encoding']).toBeUndefined();
    const moved = await answerTo({ subpath: '/moved' });
    expect(moved).toMatchObject({ status: 302, headers: { location: `${PREFIX}/there` } });
  });

  it('answers 503 where nobody listens', async () => {
    const free = createTcpServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const closed = (free.address() as AddressInfo).port;
    await new Promise((resolve) => free.close(resolve));
    await expect(forwardRequest(forwarding({}, closed))).rejects.toMatchObject({
      code: 503,
      message: `error trying to reach service: dial tcp 127.0.0.1:${closed}: connect: connection refused`,
    });
  });
});

describe('an upgrade through the proxy', () => {
  it('joins both ends', async () => {
    const front = createTcpServer((socket) => {
      socket.once('data', () => {
        const upgrade = { request: undefined as never, socket, head: Buffer.from('first') };
        const headers = { upgrade: 'websocket', connection: 'Upgrade' };
        void forwardUpgrade(forwarding({ subpath: '/ws', headers, upgrade }));
      });
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const client = connect((front.address() as AddressInfo).port, '127.0.0.1');
    client.write('go');
    const seen = await new Promise<string>((resolve) => {
      let text = '';
      client.on('data', (chunk) => {
        text += chunk;
        if (text.includes('/ws first')) resolve(text);
      });
    });
    expect(seen).toMatch(/^HTTP\/1.1 101 Switching Protocols/);
    client.destroy();
    front.close();
  });
});
