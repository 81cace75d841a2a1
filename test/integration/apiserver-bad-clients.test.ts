import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../src/apis/resource-types.ts';
import { sendTo } from '../../src/apiserver/testing/send-to.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../src/apiserver/testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../../src/apiserver/testing/test-listener.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
const MIB = 1024 * 1024;

let api: TestApiServer;
let open: TestListener;

beforeAll(async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }]);
  open = await listenForTest(api.server);
});
afterAll(() => api.close());

async function connected(): Promise<TLSSocket> {
  const { port } = new URL(open.url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca: open.caPem });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

it('who never ends the head of a request is cut off, and nobody else waits', async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, connected));
  const closed = Promise.all(slow.map((one) => once(one, 'close')));
  for (const socket of slow) {
    socket.resume();
    socket.write(`GET ${COLLECTION} HTTP/1.1\r\nHost: x\r\n`);
  }
  let lines = 0;
  const trickle = setInterval(() => {
    lines += 1;
    for (const socket of slow) if (socket.writable) socket.write(`X-${lines}: x\r\n`);
  }, 1000);
  expect((await sendTo(open, COLLECTION)).status).toBe(200);
  await closed;
  clearInterval(trickle);
}, 90_000);

it('the other end of a quiet connection is probed', async () => {
  const socket = await connected();
  socket.write(`GET ${COLLECTION}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'data');
  const { port } = new URL(open.url);
  const timerOf = async () => {
    const { stdout } = await promisify(execFile)('ss', ['-Htno', `( sport = :${port} )`]);
    return stdout.split('\n').find((line) => line.includes(`:${socket.localPort} `));
  };
  await expect.poll(timerOf).toContain('timer:(keepalive,');
  socket.destroy();
});

it('watches that nobody reads share what waits for them, and go', async () => {
  await expect.poll(() => api.server.watchCount()).toBe(0);
  const agent = new Agent({ ca: open.caPem, maxSockets: 1000 });
  const watches = 100;
  const answers = Array.from({ length: watches }, async () => {
    const sent = request(`${open.url}${COLLECTION}?watch=1`, { agent });
    sent.on('error', () => undefined);
    // Nobody reads the answer: it stays where it is.
    const [response] = await once(sent.end(), 'response');
    response.on('error', () => undefined);
    response.pause();
    return response;
  });
  await Promise.all(answers);
  await expect.poll(() => api.server.watchCount()).toBe(watches);
  const before = process.memoryUsage.rss();
  const data = { k: 'x'.repeat(100 * 1024) };
  const metadata = { name: 'large', namespace: 'ns' };
  let object = await api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data,
  });
  let most = 0;
  // 40 MiB of events for each watch, 4 GiB for all.
  for (let count = 0; count < 400; count += 1) {
    object = await api.client.update(CONFIG_MAPS, { ...object, data: { ...data, n: `${count}` } });
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  expect(most / MIB).toBeLessThan(1024);
  // More comes, now and then, until they have stood still for too long.
  await expect
    .poll(
      async () => {
        object = await api.client.update(CONFIG_MAPS, {
          ...object,
          data: { n: `${Math.random()}` },
        });
        return api.server.watchCount();
      },
      { interval: 500 },
    )
    .toBe(0);
  agent.destroy();
}, 120_000);
