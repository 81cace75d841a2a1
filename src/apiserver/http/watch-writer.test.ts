import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WatchMessage } from '../cache/cache-event.ts';
import type { MessageSink } from '../cache/message-sink.ts';
import { objectPayload } from '../output/payload.ts';
import { FlushRounds } from './flush-rounds.ts';
import { type WatchLimits, WatchWriter } from './watch-writer.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** serveWatch serves a watch that the test feeds. */
async function serveWatch(limits?: WatchLimits) {
  const feed = { sink: undefined as MessageSink | undefined, closed: 0 };
  const server = createServer((_request, response) => {
    response.flushHeaders();
    new WatchWriter(response, new FlushRounds(), { limits }).open({
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
  return { feed, port };
}

/** watchOverHttp opens a watch that the test feeds, and the client's end of it. */
async function watchOverHttp(limits?: WatchLimits) {
  const { feed, port } = await serveWatch(limits);
  const client = await new Promise<IncomingMessage>((resolve) => {
    get({ host: '127.0.0.1', port }, resolve);
  });
  client.on('error', () => undefined);
  return { feed, client };
}

/** sendUntil sends large events, a round for each, until it is enough. */
async function sendUntil(isEnough: () => boolean, sink: MessageSink | undefined): Promise<void> {
  const large = message('x'.repeat(1024 * 1024));
  for (let count = 0; count < 200 && !isEnough(); count += 1) {
    sink?.send(large);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
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

it('sends lines without chunks to who speaks HTTP/1.0', async () => {
  const { feed, port } = await serveWatch();
  const client = connectTcp(port, '127.0.0.1');
  client.write('GET / HTTP/1.0\r\n\r\n');
  await expect.poll(() => feed.sink).toBeDefined();
  for (const text of ['a', 'b']) feed.sink?.send(message(text));
  feed.sink?.end();
  let text = '';
  for await (const chunk of client) text += String(chunk);
  const [, body = ''] = text.split('\r\n\r\n');
  expect(body.trimEnd().split('\n')).toEqual(
    ['a', 'b'].map((one) => message(one).frame.toString().trimEnd()),
  );
});

it('cuts off a client that does not read', async () => {
  const { feed, client } = await watchOverHttp({ backlogBytes: 64 * 1024, stallMs: 0 });
  client.pause();
  await sendUntil(() => feed.closed > 0, feed.sink);
  expect(feed.closed).toBe(1);
});

it('cuts off a stream of HTTP/2 that is not read, and leaves the others of its connection alone', async () => {
  const feeds: { sink?: MessageSink; closed: number }[] = [];
  const server = createHttp2Server((_request, response) => {
    response.writeHead(200);
    const feed: (typeof feeds)[number] = { closed: 0 };
    feeds.push(feed);
    const writer = new WatchWriter(response as unknown as ServerResponse, new FlushRounds(), {
      limits: { backlogBytes: 64 * 1024, stallMs: 0 },
    });
    writer.open({
      open(sink) {
        feed.sink = sink;
        return () => {
          feed.closed += 1;
        };
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => session.destroy());
  closers.push(() => server.close());
  const [stalled, other] = [session.request(), session.request()];
  const ended = new Promise((resolve) => stalled.once('close', resolve));
  stalled.on('error', () => undefined);
  stalled.pause();
  await expect.poll(() => feeds.length).toBe(2);
  await sendUntil(() => feeds[0]?.closed === 1, feeds[0]?.sink);
  expect(feeds.map(({ closed }) => closed)).toEqual([1, 0]);
  stalled.resume();
  await ended;
  const line = new Promise((resolve) => other.once('data', resolve));
  feeds[1]?.sink?.send(message('still here'));
  expect(String(await line)).toContain('still here');
});

it('never cuts off a client that reads what it gets', async () => {
  const { feed, client } = await watchOverHttp();
  let bytes = 0;
  client.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const large = message('x'.repeat(1024 * 1024));
  for (let count = 0; count < 32; count += 1) feed.sink?.send(large);
  await expect.poll(() => bytes).toBe(32 * large.frame.length);
  expect(feed.closed).toBe(0);
});
