import { PassThrough } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type CommandOptions,
  type CommandStreams,
  parseSize,
  type TerminalSize,
} from './command-streams.ts';
import type { UpgradeSocket } from './connect-call.ts';
import { offeredProtocols, refuse } from './upgrade-answer.ts';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
const HIGH_WATER_BYTES = 1024 * 1024;
const NORMAL_CLOSURE = 1000;

/** In the order in which they are preferred. */
const PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];

/** acceptWebSocket takes over a connection with one of some subprotocols; refuses without a common one. */
export function acceptWebSocket(
  upgrade: UpgradeSocket,
  protocols: readonly string[],
): Promise<{ socket: WebSocket; protocol: string } | undefined> {
  const offered = offeredProtocols(upgrade, 'sec-websocket-protocol');
  const protocol = protocols.find((one) => offered.includes(one));
  if (protocol === undefined && offered.length > 0) {
    refuse(upgrade, '400 Bad Request', 'unable to upgrade: no common subprotocol');
    return Promise.resolve(undefined);
  }
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: () => protocol ?? false,
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) =>
      resolve({ socket, protocol: protocol ?? '' }),
    );
  });
}

function encode(channel: number, data: Uint8Array, base64: boolean): Uint8Array | string {
  if (base64) return `${channel}${Buffer.from(data).toString('base64')}`;
  return Buffer.concat([Buffer.from([channel]), data]);
}

function decode(message: Buffer, base64: boolean): { channel: number; data: Buffer } {
  if (!base64) return { channel: message[0] ?? CHANNEL.close, data: message.subarray(1) };
  const text = message.toString('utf8');
  return { channel: Number(text[0]), data: Buffer.from(text.slice(1), 'base64') };
}

async function* sizesOf(source: PassThrough): AsyncIterable<TerminalSize> {
  for await (const text of source) {
    const size = parseSize(String(text));
    if (size !== undefined) yield size;
  }
}

/** Passes on messages; a reader that is slow stops the socket. */
function receive(
  socket: WebSocket,
  channels: { stdin: PassThrough; resize: PassThrough },
  base64: boolean,
) {
  socket.on('message', (message: Buffer) => {
    const { channel, data } = decode(message, base64);
    if (channel === CHANNEL.stdin && !channels.stdin.writableEnded && data.length > 0) {
      if (!channels.stdin.write(data)) {
        socket.pause();
        channels.stdin.once('drain', () => socket.resume());
      }
    } else if (channel === CHANNEL.resize) channels.resize.write(data);
    else if (channel === CHANNEL.close && data[0] === CHANNEL.stdin) channels.stdin.end();
  });
}

function sendAll(socket: WebSocket, message: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) {
      resolve();
      return;
    }
    const waits = socket.bufferedAmount > HIGH_WATER_BYTES;
    // A client that is gone is seen by the close of the socket.
    socket.send(message, () => waits && resolve());
    if (!waits) resolve();
  });
}

/**
 * acceptWebSocketCommand takes over a connection for exec or attach over a WebSocket. With v5 a
 * client can half-close stdin; before, only its going away ends it.
 */
export async function acceptWebSocketCommand(
  upgrade: UpgradeSocket,
  options: CommandOptions,
): Promise<CommandStreams | undefined> {
  const accepted = await acceptWebSocket(upgrade, PROTOCOLS);
  if (accepted === undefined) return undefined;
  const { socket, protocol } = accepted;
  const base64 = protocol.includes('base64');
  const channels = { stdin: new PassThrough(), resize: new PassThrough() };
  const gone = new AbortController();
  receive(socket, channels, base64);
  // An error is followed by the close.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    channels.stdin.end();
    channels.resize.end();
    gone.abort();
  });
  const wanted = { stdout: options.stdout, stderr: options.stderr && !options.tty };
  const first = wanted.stdout ? CHANNEL.stdout : wanted.stderr ? CHANNEL.stderr : CHANNEL.error;
  await sendAll(socket, encode(first, Buffer.alloc(0), base64));
  return {
    stdin: options.stdin ? channels.stdin : undefined,
    resizes: sizesOf(channels.resize),
    closed: gone.signal,
    async write(stream, data) {
      if (wanted[stream]) await sendAll(socket, encode(CHANNEL[stream], data, base64));
    },
    async finish(status) {
      const plain = protocol === 'channel.k8s.io' || protocol === 'base64.channel.k8s.io';
      const text = plain ? (status.message ?? '') : JSON.stringify(status);
      await sendAll(socket, encode(CHANNEL.error, Buffer.from(text), base64));
      socket.close(NORMAL_CLOSURE);
    },
  };
}
