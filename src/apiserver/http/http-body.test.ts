import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { HttpBody } from './http-body.ts';

type Take = (body: HttpBody) => Promise<string>;
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const read: Take = async (body) => (await body.read(1000)).toString('utf8');

const collect: Take = async (body) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.stream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const late: Take = async (body) => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return read(body);
};

interface Sent {
  write(text: string): void;
  end(): void;
  cut(): void;
}

const NOTHING = Buffer.alloc(0);
const CANCEL = Buffer.from([0, 0, 0, 8]);
const HEADERS = 1;
const DATA = 0;
const RESET = 3;
const SETTINGS = 4;

/** frame makes a frame of HTTP/2; those of requests are of stream 1. */
function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, type === SETTINGS ? 0 : 1]);
  return Buffer.concat([head, payload]);
}

/** post2 sends frames as they are: the client of Node ends what it resets, others do not. */
function post2(port: number): Sent {
  const socket = connect(port, '127.0.0.1');
  ends.push(() => socket.destroy());
  // POST / of http://host, by numbers of the table of headers.
  const request = Buffer.from([0x83, 0x84, 0x86, 0x41, 4, ...Buffer.from('host')]);
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(Buffer.concat([frame(SETTINGS, 0, NOTHING), frame(HEADERS, 4, request)]));
  return {
    write: (text) => socket.write(frame(DATA, 0, Buffer.from(text))),
    end: () => socket.write(frame(DATA, 1, NOTHING)),
    cut: () => socket.write(frame(RESET, 0, CANCEL)),
  };
}

function post1(port: number): Sent {
  const sent = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  sent.on('error', () => undefined);
  ends.push(() => sent.destroy());
  return { write: (text) => sent.write(text), end: () => sent.end(), cut: () => sent.destroy() };
}

/** serve answers what becomes of the body of the one request to a server. */
async function serve(version: 1 | 2, take: Take): Promise<{ got: Promise<string>; sent: Sent }> {
  const requests = new EventEmitter();
  const listener = (message: IncomingMessage) => requests.emit('request', message);
  const server = version === 1 ? createServer(listener) : createHttp2Server(listener as never);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const got = once(requests, 'request').then(([message]) => take(new HttpBody(message)));
  got.catch(() => undefined);
  return { got, sent: version === 1 ? post1(port) : post2(port) };
}

const cases: [1 | 2, string, Take][] = [
  [1, 'read whole', read],
  [1, 'read piece by piece', collect],
  [1, 'read late', late],
  [2, 'read whole', read],
  [2, 'read piece by piece', collect],
  [2, 'read late', late],
];

it.each(cases)('a body of HTTP/%i is %s', async (version, _, take) => {
  const { got, sent } = await serve(version, take);
  sent.write('one ');
  await new Promise((resolve) => setTimeout(resolve, 50));
  sent.write('two');
  sent.end();
  expect(await got).toBe('one two');
});

it.each(cases)('a body of HTTP/%i that is broken off is none, %s', async (version, _, take) => {
  const { got, sent } = await serve(version, take);
  sent.write('one ');
  await new Promise((resolve) => setTimeout(resolve, 50));
  sent.cut();
  await expect(got).rejects.toThrow(/^(unexpected EOF|aborted|Premature close)$/);
});
