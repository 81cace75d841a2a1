import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES } from '../../apis/resource-types.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
const definitions = [
  { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
  { type: NAMESPACES, definition: 'io.k8s.api.core.v1.Namespace' },
];

let api: TestApiServer;
let open: TestListener;

beforeEach(async () => {
  api = await startTestApiServer(definitions, {
    authenticate: { authenticate: () => ({ name: 'root', groups: ['system:authenticated'] }) },
    authorize: { authorize: () => ({ allowed: true }) },
  });
  open = await listenForTest(api.server);
});

afterEach(() => api.close());

describe('what is no proper request', () => {
  /** raw sends text on a connection and answers all that comes back. */
  async function raw(text: string): Promise<string> {
    const { port } = new URL(open.url);
    const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca: open.caPem });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.write(text);
    await once(socket, 'close');
    return answer;
  }

  it('is answered without TLS where it comes without', async () => {
    const { port } = new URL(open.url);
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toBe(
      'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
    );
  });

  const HEAD = 'Host: x\r\nConnection: close\r\n\r\n';

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['a wrong escape', `GET /api/v1/x% HTTP/1.1\r\n${HEAD}`, '400 Bad Request'],
    ['a header without end', `GET / HTTP/1.1\r\nA: ${'x'.repeat(2 * 1024 * 1024)}`, '431 Request'],
    [
      'two lengths',
      `GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n${HEAD}`,
      '400 Bad',
    ],
  ])('is refused: %s', async (_what, text, expected) => {
    expect(await raw(text)).toContain(expected);
  });

  it('has a head of up to a mebibyte, as upstream, which is ten times what Node takes', async () => {
    const withHeader = (kibibytes: number) =>
      raw(`GET /livez/ping HTTP/1.1\r\nA: ${'x'.repeat(kibibytes * 1024)}\r\n${HEAD}`);
    expect(await withHeader(960)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await withHeader(1100)).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large/);
    const many = Array.from({ length: 1000 }, (_, index) => `A${index}: ${'x'.repeat(900)}\r\n`);
    const together = await raw(`GET /livez/ping HTTP/1.1\r\n${many.join('')}${HEAD}`);
    expect(together).toMatch(/^HTTP\/1\.1 200 OK/);
    const more = await raw(`GET /livez/ping HTTP/1.1\r\n${many.join('')}${many.join('')}${HEAD}`);
    expect(more).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('is told of the end of its connection, and others of nothing', async () => {
    const head = 'Host: x\r\n\r\n';
    const kept = `GET /livez/ping HTTP/1.1\r\n${head}`;
    const answer = await raw(`${kept}GET /livez/ping HTTP/1.1\r\n${HEAD}`);
    const [first = '', second = ''] = answer.split('HTTP/1.1 200 OK').slice(1);
    expect(first).not.toMatch(/^(connection|keep-alive):/im);
    expect(second).toMatch(/^connection: close/im);
    expect(await raw(`GET /x% HTTP/1.1\r\n${head}`)).toMatch(/^connection: close/im);
    const old = `GET /livez/ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${kept.replace(head, HEAD)}`;
    expect((await raw(old)).split('HTTP/1.1 200 OK')[1]).toMatch(/^connection: keep-alive/im);
  });

  it('serves requests that come without waiting for answers, in order', async () => {
    const get = (path: string, head = 'Host: x\r\n\r\n') => `GET ${path} HTTP/1.1\r\n${head}`;
    const answer = await raw(get('/livez/ping') + get('/nosuch') + get('/livez/etcd', HEAD));
    const codes = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => code);
    expect(codes).toEqual(['200', '404', '200']);
  });

  it('reads slashes and dots in paths as upstream does', async () => {
    expect((await sendTo(open, '/api/v1/namespaces/ns%2Fconfigmaps')).status).toBe(200);
    expect((await sendTo(open, '/api/v1//namespaces')).status).toBe(404);
    expect((await sendTo(open, `${COLLECTION}?limit=%zz`)).status).toBe(200);
    const dots = await raw(`GET ${COLLECTION}/%2e%2e HTTP/1.1\r\n${HEAD}`);
    expect(dots).toContain('Name parameter invalid: \\"..\\": may not be \'..\'');
    expect((await sendTo(open, '/version', { method: 'POST' })).status).toBe(405);
  });

  it('deletes collections of one namespace only', async () => {
    const name = 'ns';
    await api.client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
    await api.client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kept', namespace: 'ns' },
    });
    const remove = (path: string) => sendTo(open, path, { method: 'DELETE' });
    expect((await remove('/api/v1/configmaps')).status).toBe(405);
    const gap = await remove('/api/v1/namespaces//configmaps');
    expect([gap.status, gap.text]).toEqual([400, expect.stringContaining('Namespace parameter')]);
    expect((await api.client.list(CONFIG_MAPS)).items).toHaveLength(1);
    expect((await remove(COLLECTION)).status).toBe(200);
    expect((await api.client.list(CONFIG_MAPS)).items).toHaveLength(0);
  });

  it('says by a Status that there is nothing below what is served', async () => {
    for (const path of ['/api/v2', '/version/foo', '/api/v1/foos']) {
      expect(JSON.parse((await sendTo(open, path)).text)).toMatchObject({ reason: 'NotFound' });
    }
    expect((await sendTo(open, '/apis/nosuch/v1')).text).toBe('404 page not found\n');
  });

  it('answers who sends too much, although it is still sending', async () => {
    const body = JSON.stringify({ data: { k: 'x'.repeat(8 * 1024 * 1024) } });
    const answer = await sendTo(open, COLLECTION, { method: 'POST', agent: new Agent() }, body);
    expect(answer.status).toBe(413);
    expect(answer.headers.connection).toBe('close');
  });
});
