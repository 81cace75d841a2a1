import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpFront } from './http-front.ts';

/** TlsMaterial is what a listener shows and trusts, PEM. */
export interface TlsMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  /** Who signs client certificates; without it none is accepted. */
  readonly clientCaPem?: string | undefined;
}

/** ListenOptions says where to listen. Port 0 takes a free one. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial;
}

/** Listener is one open port. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** setTls takes renewed certificates for the connections to come. */
  setTls(tls: TlsMaterial): void;
  /** close stops listening and cuts off all connections. */
  close(): Promise<void>;
}

/** Clients keep idle connections for 90 s (Go): the server must outlast them. */
const KEEP_ALIVE_MS = 180_000;

function contextOf(tls: TlsMaterial) {
  const { certPem, keyPem, clientCaPem } = tls;
  const ca = clientCaPem === undefined ? {} : { ca: clientCaPem };
  return { cert: certPem, key: keyPem, minVersion: 'TLSv1.2' as const, ...ca };
}

/** openListener opens a port for a front end. Client certificates are asked for, not demanded. */
export async function openListener(front: HttpFront, options: ListenOptions): Promise<Listener> {
  const server = createServer(
    {
      ...contextOf(options.tls),
      ALPNProtocols: ['http/1.1'],
      requestCert: true,
      rejectUnauthorized: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Builds upload for as long as they take.
      requestTimeout: 0,
      noDelay: true,
    },
    (request, response) => front.onRequest(request, response),
  );
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => front.onUpgrade(request, socket, head));
  await listening(server, options);
  const address = server.address() as AddressInfo;
  return {
    host: options.host,
    port: address.port,
    setTls: (tls) => server.setSecureContext(contextOf(tls)),
    close: () => closed(server, sockets),
  };
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server, sockets: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
