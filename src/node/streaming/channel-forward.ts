import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { drained } from './drained.ts';
import { type ForwardTarget, forwardFailure } from './forward-target.ts';
import { dialPod } from './pod-dialer.ts';

const NORMAL_CLOSURE = 1000;

/** FORWARD_PROTOCOL is the subprotocol of clients that forward ports over channels. */
export const FORWARD_PROTOCOL = 'v4.channel.k8s.io';

/** portsOf reads the ports that a client wants: repeated, or joined by commas. */
export function portsOf(query: URLSearchParams): number[] {
  return query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
    .filter((port) => Number.isInteger(port) && port > 0 && port < 65_536);
}

function send(socket: WebSocket, channel: number, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve();
    // A client that is gone is seen by the close of the socket.
    else socket.send(Buffer.concat([Buffer.from([channel]), data]), () => resolve());
  });
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port);
  return bytes;
}

async function toClient(socket: WebSocket, remote: Duplex, channel: number): Promise<void> {
  for await (const chunk of remote) await send(socket, channel, chunk as Buffer);
}

/**
 * serveChannelForward forwards ports over a WebSocket as libraries do that know no tunnel: each
 * port has a channel for bytes and one for errors, and both begin with the port's number.
 */
export async function serveChannelForward(
  socket: WebSocket,
  ports: readonly number[],
  target: ForwardTarget,
): Promise<void> {
  const remotes = new Map<number, Promise<Duplex>>();
  socket.on('error', () => undefined);
  socket.on('message', (message: Buffer) => {
    const remote = remotes.get(message[0] ?? 0);
    if (remote === undefined || message.length < 2) return;
    socket.pause();
    void remote
      .then(async (stream) => {
        if (!stream.write(message.subarray(1))) await drained(stream);
      })
      .catch(() => undefined)
      .finally(() => socket.resume());
  });
  const done = ports.map(async (port, index) => {
    const [data, error] = [index * 2, index * 2 + 1];
    const connecting = target.place().then((place) => dialPod(place, port));
    remotes.set(data, connecting);
    await send(socket, data, portBytes(port));
    await send(socket, error, portBytes(port));
    try {
      const remote = await connecting;
      remote.on('error', () => undefined);
      socket.once('close', () => remote.destroy());
      await toClient(socket, remote, data);
    } catch (cause) {
      await send(socket, error, Buffer.from(forwardFailure(target, port, cause)));
    }
  });
  await Promise.allSettled(done);
  socket.close(NORMAL_CLOSURE);
}
