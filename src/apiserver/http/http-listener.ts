import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpFront } from './http-front.ts';
import { answerMalformed, answerPlain } from './malformed.ts';

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
/** Upstream's limits: of the time and the size of a request's head, of streams and their windows. */
const HEADERS_TIMEOUT_MS = 32_000;
const MAX_HEAD_BYTES = 1024 * 1024;
const MAX_STREAMS = 100;
const STREAM_WINDOW_BYTES = 256 * 1024;
/**
 * With more than this waiting on one connection, Node refuses streams with ENHANCE_YOUR_CALM, which
 * clients take for an error. Its default of 10 MB is less than the lists of one client with many
 * informers; what bounds memory is the number of requests that are served at a time.
 */
const CONNECTION_MEMORY_MB = 1024;

function contextOf(tls: TlsMaterial) {
  const { certPem, keyPem, clientCaPem } = tls;
  const ca = clientCaPem === undefined ? {} : { ca: clientCaPem };
  return { cert: certPem, key: keyPem, minVersion: 'TLSv1.2' as const, ...ca };
}

const PROBE_AFTER_MS = 180_000;

function newServer(tls: TlsMaterial): Http2SecureServer {
  const server = createSecureServer({
    ...contextOf(tls),
    allowHTTP1: true,
    maxSessionMemory: CONNECTION_MEMORY_MB,
    requestCert: true,
    rejectUnauthorized: false,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxHeaderListSize: MAX_HEAD_BYTES,
      enablePush: false,
    },
  });
  // The server takes these as properties only, without a default for the interval.
  const http1 = {
    maxHeaderSize: MAX_HEAD_BYTES,
    connectionsCheckingInterval: 5000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // Builds upload for as long as they take; other requests have their deadline.
    requestTimeout: 0,
  };
  Object.assign(server, http1);
  // It never listens itself, which is when Node begins to look for heads that do not end.
  server.emit('listening');
  return server;
}

/** HTTP/1.1 goes on without a word, so Go's servers say none of it, nor of how long they wait. */
function goesOn(request: IncomingMessage, response: ServerResponse<IncomingMessage>): boolean {
  return request.httpVersion === '1.1' && response.shouldKeepAlive;
}

/** Connections serves HTTP over TLS on connections that somebody has accepted. */
export interface Connections {
  /** accept serves a connection of which nothing has been read. */
  accept(socket: Socket): void;
  /** setTls takes renewed certificates for the connections to come. */
  setTls(tls: TlsMaterial): void;
  /** close cuts off all connections. */
  close(): void;
}

/**
 * newConnections serves a front end: HTTP/2 for those who ask for it in the handshake, else
 * HTTP/1.1. Client certificates are asked for, not demanded.
 */
export function newConnections(front: HttpFront, tls: TlsMaterial): Connections {
  const server = newServer(tls);
  server.on('request', (received, to) => {
    // Node gives requests of both versions the same surface, as far as the front uses it.
    const request = received as unknown as IncomingMessage;
    const response = to as unknown as ServerResponse<IncomingMessage>;
    if (goesOn(request, response)) response.removeHeader('Connection');
    front.onRequest(request, response);
  });
  const sockets = new Set<Duplex>();
  const track = (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('secureConnection', track);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    front.onUpgrade(request, { socket, head }),
  );
  server.on('tlsClientError', (error, socket) => {
    if (!answerPlain(error, socket)) front.onHandshakeFailed();
  });
  server.on('clientError', answerMalformed);
  return {
    accept(socket) {
      track(socket);
      server.emit('connection', socket);
    },
    setTls: (renewed) => server.setSecureContext(contextOf(renewed)),
    close() {
      // It never listened: this ends its timers.
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * openListener opens a port for a front end. `takes` is asked about each connection before anything
 * is read of it: true when it is served elsewhere.
 */
export async function openListener(
  front: HttpFront,
  options: ListenOptions,
  takes: (socket: Socket) => boolean = () => false,
): Promise<Listener> {
  const connections = newConnections(front, options.tls);
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    // Whoever went without a word is found out by the kernel, as with Go's listeners.
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    if (!takes(socket)) connections.accept(socket);
  });
  await listening(server, options);
  const address = server.address() as AddressInfo;
  return {
    host: options.host,
    port: address.port,
    setTls: (tls) => connections.setTls(tls),
    close: () => closed(server, connections),
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

function closed(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    connections.close();
  });
}
