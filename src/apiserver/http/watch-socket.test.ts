import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import type { MessageSink } from '../cache/message-sink.ts';
import { objectPayload } from '../output/payload.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';
import { openWatchSocket } from './watch-socket.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
const ORIGIN = { origin: 'https://console.example.com' };
let api: TestApiServer;
let open: TestListener;

beforeEach(async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }]);
  open = await listenForTest(api.server);
});

afterEach(() => api.close());

const create = (name: string) =>
  api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns' },
  });

function connect(
  query: string,
  protocols: string[] = [],
  headers: Record<string, string> = ORIGIN,
): WebSocket {
  const url = `${open.url.replace('https', 'wss')}${COLLECTION}?watch=1${query}`;
  return new WebSocket(url, protocols, { ca: open.caPem, headers });
}

/** refusal answers the status with which a connection is refused. */
async function refusal(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
}

describe('a watch over a WebSocket', () => {
  it('sends each event as a text message, and says good-bye when the time is over', async () => {
    await create('a');
    const socket = connect('&timeoutSeconds=1');
    const messages: string[] = [];
    socket.on('message', (data, isBinary) => messages.push(isBinary ? 'binary' : String(data)));
    await once(socket, 'open');
    await create('b');
    const [code] = await once(socket, 'close');
    expect(code).toBe(1000);
    expect(messages.map((one) => JSON.parse(one).object.metadata.name)).toEqual(['a', 'b']);
    expect(messages.every((one) => one.endsWith('\n'))).toBe(true);
  });

  it('agrees to the one subprotocol that the client names', async () => {
    const socket = connect('', ['base64.binary.k8s.io']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('base64.binary.k8s.io');
    socket.close();
    expect(await refusal(connect('', ['a', 'b']))).toBe(400);
  });

  it('ends the watch of a client that goes away', async () => {
    const socket = connect('');
    await once(socket, 'open');
    expect(api.server.watchCount()).toBe(1);
    socket.terminate();
    await expect.poll(() => api.server.watchCount()).toBe(0);
  });

  it('refuses a client without an origin, and a wrong watch with a Status', async () => {
    expect(await refusal(connect('', [], {}))).toBe(403);
    expect(await refusal(connect('&labelSelector=%21%21'))).toBe(400);
  });

  it('is cut off when its client does not read', async () => {
    const feed = { sink: undefined as MessageSink | undefined, closed: 0 };
    const server = createServer();
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      openWatchSocket(
        { request, socket, head },
        {
          open(sink) {
            feed.sink = sink;
            return () => {
              feed.closed += 1;
            };
          },
        },
        { limits: { backlogBytes: 1024 * 1024, stallMs: 20 }, onEnd: () => undefined },
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: ORIGIN });
    client.on('error', () => undefined);
    await once(client, 'open');
    client.pause();
    const large = new WatchMessage('ADDED', objectPayload({ text: 'x'.repeat(1024 * 1024) }));
    for (let count = 0; count < 500 && feed.closed === 0; count += 1) {
      feed.sink?.send(large);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(feed.closed).toBe(1);
    client.terminate();
    server.closeAllConnections();
    server.close();
  });
});
