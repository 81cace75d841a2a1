import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpFront } from '../http/http-front.ts';
import type { HandedFacts } from '../http/http-request.ts';
import { takeHanded } from './handed-request.ts';

/** HandOverPlace is where the main thread waits for requests of front threads. */
export interface HandOverPlace {
  /** The name of a Unix socket. */
  readonly path: string;
  /** What every request must bring: the socket may be open to others. */
  readonly secret: string;
}

const MAX_HEAD_BYTES = 2 * 1024 * 1024;

/** listenForHandedOver serves what front threads hand over; the answer ends that. */
export async function listenForHandedOver(
  front: HttpFront,
  place: HandOverPlace,
): Promise<() => Promise<void>> {
  // Deadlines and sizes are the business of the thread that talks to the client.
  const limits = { maxHeaderSize: MAX_HEAD_BYTES, headersTimeout: 0, keepAliveTimeout: 0 };
  const server = createServer({ ...limits, requestTimeout: 0 });
  const withFacts = (request: IncomingMessage, serve: (handed: HandedFacts) => void) => {
    const handed = takeHanded(request, place.secret);
    if (handed) serve(handed);
    else request.socket.destroy();
  };
  server.on('request', (request, response) =>
    withFacts(request, (handed) => front.onRequest(request, response, handed)),
  );
  server.on('upgrade', (request, socket: Duplex, head) => {
    // As on the TLS connection beyond: who has ended has gone.
    socket.allowHalfOpen = false;
    withFacts(request, (handed) => front.onUpgrade(request, { socket, head }, handed));
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listening(server, place.path);
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
