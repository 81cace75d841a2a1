import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import WebSocket, { type ClientOptions } from 'ws';
import { ConnectionError } from './connection-error.ts';
import { statusErrorOf } from './status-response.ts';
import type { UpgradedConnection } from './transport.ts';

/**
 * openWebSocket opens a WebSocket and resolves when a subprotocol is agreed. A refusal of the
 * server is a StatusError, anything else a ConnectionError. Aborting the signal closes it.
 */
export function openWebSocket(
  url: string,
  protocols: readonly string[],
  options: Omit<ClientOptions, 'signal'> & { signal?: AbortSignal },
): Promise<UpgradedConnection> {
  const { signal, ...rest } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...protocols], { ...rest, perMessageDeflate: false });
    const messages = messageStream(socket);
    const abort = () => socket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('unexpected-response', (_, response) => {
      readText(response)
        .then((text) => reject(statusErrorOf(response.statusCode ?? 500, text)), reject)
        .finally(() => socket.terminate());
    });
    socket.on('error', (error) => {
      reject(new ConnectionError(url, error));
      messages.destroy(error);
    });
    socket.on('close', () => signal?.removeEventListener('abort', abort));
    socket.on('open', () => {
      resolve({ protocol: socket.protocol, messages, close: () => socket.close(1000) });
    });
  });
}

/** messageStream is a Duplex in object mode whose chunks are whole messages (Buffers). */
function messageStream(socket: WebSocket): Duplex {
  const stream = new Duplex({
    objectMode: true,
    read: () => {
      if (socket.readyState === WebSocket.OPEN) socket.resume();
    },
    write: (chunk: Uint8Array, _, done) => {
      socket.send(chunk, { binary: true }, (error) => done(error ?? null));
    },
    final: (done) => {
      socket.close(1000);
      done();
    },
    destroy: (error, done) => {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data) => {
    const message = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (!stream.push(message)) socket.pause();
  });
  socket.on('close', () => stream.push(null));
  stream.on('error', () => undefined);
  return stream;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
