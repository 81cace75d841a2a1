import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest } from '../testing/test-listener.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
let api: TestApiServer;
let session: ClientHttp2Session;
let client: Client;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
}

function send(path: string, options: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, ...options }, { endStream: false });
    let text = '';
    let headers: Answer['headers'] = {};
    stream.setEncoding('utf8');
    stream.on('response', (given) => {
      headers = given as Answer['headers'];
    });
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => resolve({ status: Number(headers[':status']), headers, text }));
    stream.on('error', reject);
    stream.end(body);
  });
}

beforeEach(async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }]);
  ({ client } = api);
  const open = await listenForTest(api.server);
  session = connect(open.url, { ca: open.caPem });
});

afterEach(async () => {
  session.destroy();
  await api.close();
});

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns' },
  data,
});

describe('HTTP/2', () => {
  it('is agreed on in the handshake, and serves many requests on one connection', async () => {
    const method = { ':method': 'POST', 'content-type': 'application/json' };
    const names = Array.from({ length: 50 }, (_, index) => `c-${index}`);
    const made = await Promise.all(
      names.map((name) => send(COLLECTION, method, JSON.stringify(configMap(name)))),
    );
    expect(session.alpnProtocol).toBe('h2');
    expect(made.map(({ status }) => status)).toEqual(names.map(() => 201));
    const list = await send(COLLECTION);
    expect(JSON.parse(list.text).items).toHaveLength(50);
    expect(list.headers).toMatchObject({ 'cache-control': 'no-cache, private' });
  });

  it('answers failures with a Status and the id of the request', async () => {
    const answer = await send(`${COLLECTION}/nosuch`, { 'audit-id': 'mine' });
    expect(answer.status).toBe(404);
    expect(answer.headers['audit-id']).toBe('mine');
    expect(JSON.parse(answer.text)).toMatchObject({ reason: 'NotFound' });
    const large = await send(
      COLLECTION,
      { ':method': 'POST', 'content-type': 'application/json' },
      JSON.stringify(configMap('a', { k: 'x'.repeat(4 * 1024 * 1024) })),
    );
    expect(large.status).toBe(413);
  });

  it('sends large answers whole', async () => {
    const data = { k: 'x'.repeat(1024 * 1024) };
    for (const name of ['a', 'b', 'c']) await client.create(CONFIG_MAPS, configMap(name, data));
    const list = await send(COLLECTION);
    expect(JSON.parse(list.text).items).toHaveLength(3);
  });

  it('takes new requests while large answers wait to be read', async () => {
    const data = { k: 'x'.repeat(1024 * 1024) };
    for (const name of ['a', 'b']) await client.create(CONFIG_MAPS, configMap(name, data));
    const waiting = Array.from({ length: 30 }, () => session.request({ ':path': COLLECTION }));
    for (const stream of waiting) stream.pause();
    await Promise.all(waiting.map((stream) => once(stream, 'response')));
    expect((await send(`${COLLECTION}/nosuch`)).status).toBe(404);
    for (const stream of waiting) stream.close();
  });

  it('serves watches beside other requests, and ends them when the stream does', async () => {
    const stream = session.request({ ':path': `${COLLECTION}?watch=1` });
    const event = new Promise<string>((resolve) => {
      stream.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    await client.create(CONFIG_MAPS, configMap('late'));
    expect(JSON.parse(await event)).toMatchObject({ object: { metadata: { name: 'late' } } });
    expect(api.server.watchCount()).toBe(1);
    stream.close();
    await expect.poll(() => api.server.watchCount()).toBe(0);
  });
});
