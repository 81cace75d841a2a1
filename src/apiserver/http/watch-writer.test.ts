import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WatchMessage } from '../cache/cache-event.ts';
import type { MessageSink } from '../cache/cache-watch.ts';
import { objectPayload } from '../output/payload.ts';
import { FlushRounds } from './flush-rounds.ts';
import { type WatchLimits, WatchWriter } from './watch-writer.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** watchOverHttp opens a watch that the test feeds, and the client's end of it. */
async function watchOverHttp(limits?: WatchLimits) {
  const feed = { sink: undefined as MessageSink | undefined, closed: 0 };
  const server = createServer((_request, response) => {
    response.flushHeaders();
    new WatchWriter(response, new FlushRounds(), limits).open({
      open(sink) {
        feed.sink = sink;
        return () => {
          feed.closed += 1;
        };
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = await new Promise<IncomingMessage>((resolve) => {
    get({ host: '127.0.0.1', port }, resolve);
  });
  client.on('error', () => undefined);
  return { feed, client };
}

const message = (text: string) => new WatchMessage('ADDED', objectPayload({ text }));

it('sends every event as a line, in order', async () => {
  const { feed, client } = await watchOverHttp();
  for (const text of ['a', 'b', 'c']) feed.sink?.send(message(text));
  feed.sink?.end();
  let text = '';
  for await (const chunk of client) text += String(chunk);
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).object.text)).toEqual(['a', 'b', 'c']);
  expect(feed.closed).toBe(1);
});

it('cuts off a client that does not read', async () => {
  const { feed, client } = await watchOverHttp({ backlogBytes: 64 * 1024, stallMs: 0 });
  client.pause();
  const large = message('x'.repeat(1024 * 1024));
  for (let count = 0; count < 64 && feed.closed === 0; count += 1) {
    feed.sink?.send(large);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(feed.closed).toBe(1);
});

it('never cuts off a client that reads what it gets', async () => {
  const { feed, client } = await watchOverHttp();
  let bytes = 0;
  client.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const large = message('x'.repeat(1024 * 1024));
  for (let count = 0; count < 32; count += 1) feed.sink?.send(large);
  await expect.poll(() => bytes, { timeout: 10_000 }).toBe(32 * large.frame.length);
  expect(feed.closed).toBe(0);
});
