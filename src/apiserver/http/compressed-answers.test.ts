import { request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
/** Another address of this machine: who comes from the server's own is not sent compressed answers. */
const ELSEWHERE = '127.0.0.2';

let api: TestApiServer;
let open: TestListener;

beforeEach(async () => {
  api = await startTestApiServer([
    { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
  ]);
  open = await listenForTest(api.server);
  for (let index = 0; index < 300; index += 1) {
    const metadata = { name: `c${index}`, namespace: 'ns' };
    const data = { k: 'x'.repeat(1000) };
    await api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  }
});
afterEach(() => api.close());

interface Received {
  readonly encoding: string | undefined;
  readonly bytes: Buffer;
}

function get(path: string, from: string, headers: Record<string, string>): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { ca: open.caPem, agent: false, localAddress: from, headers };
    const sent = request(`${open.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          encoding: response.headers['content-encoding'],
          bytes: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

it.each(['', '?pretty=true'])('are sent to who takes them, and say the same: %s', async (query) => {
  const path = COLLECTION + query;
  const plain = await get(path, ELSEWHERE, {});
  expect(plain.encoding).toBeUndefined();
  const packed = await get(path, ELSEWHERE, { 'accept-encoding': 'gzip' });
  expect(packed.encoding).toBe('gzip');
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4);
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
});

it('are not sent for little, nor to this address', async () => {
  const accept = { 'accept-encoding': 'gzip' };
  expect((await get(`${COLLECTION}/c1`, ELSEWHERE, accept)).encoding).toBeUndefined();
  expect((await get(COLLECTION, '127.0.0.1', accept)).encoding).toBeUndefined();
});
