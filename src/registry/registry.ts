import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type AccessOptions, isTokenPath, newAccess } from './access.ts';
import { newBlobStore } from './blob-store.ts';
import { dispatch } from './dispatch.ts';
import type { RegistryParts } from './exchange.ts';
import { collectGarbage, type GarbageReport } from './garbage-collection.ts';
import type { ImageStreams } from './image-streams.ts';
import { errorBody, RegistryError, toRegistryError } from './registry-error.ts';
import type { RemoteImages } from './remote-images.ts';
import { newRepositoryStore } from './repository-store.ts';
import { routeOf } from './routes.ts';
import { newUploadStore } from './upload-store.ts';

/** Docker keeps idle connections for less than this; the server must not close them first. */
const KEEP_ALIVE_MS = 120_000;

/** RegistryLog is the part of the process's logger that the registry uses. */
export interface RegistryLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** RegistryOptions are everything that the registry needs from outside. */
export interface RegistryOptions extends AccessOptions {
  /** Where blobs, links and unfinished uploads are kept. */
  readonly directory: string;
  readonly imageStreams: ImageStreams;
  /** Present: images that were imported from elsewhere can be pulled through this registry. */
  readonly remote?: RemoteImages;
  readonly log?: RegistryLog;
  readonly now?: () => Date;
}

/** ListenAddress is where the registry is reached; without `tls` it speaks plain HTTP. */
export interface ListenAddress {
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** Registry is the running registry. */
export interface Registry {
  /** listen may be called for several addresses; answers the port. Rejects if it is taken. */
  listen(address: ListenAddress): Promise<number>;
  /** collectGarbage removes what no image stream names and nothing pushed since `graceMs` needs. */
  collectGarbage(graceMs: number): Promise<GarbageReport>;
  /** close stops listening and breaks off what is under way. */
  close(): Promise<void>;
}

function newParts(options: RegistryOptions): RegistryParts {
  const blobs = newBlobStore(options.directory);
  return {
    blobs,
    uploads: newUploadStore(options.directory, blobs),
    repositories: newRepositoryStore(options.directory),
    imageStreams: options.imageStreams,
    access: newAccess(options),
    remote: options.remote,
    now: options.now ?? (() => new Date()),
  };
}

function targetOf(request: IncomingMessage): { pathname: string; query: URLSearchParams } {
  const [pathname = '', search = ''] = (request.url ?? '').split('?', 2);
  return { pathname, query: new URLSearchParams(search) };
}

async function serve(
  parts: RegistryParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, query } = targetOf(request);
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  response.setHeader('x-content-type-options', 'nosniff');
  if (pathname === '/healthz') {
    response.writeHead(200, { 'content-length': 0 }).end();
    return;
  }
  if (isTokenPath(pathname)) return parts.access.serveToken(request, response);
  const user = await parts.access.authenticate(request);
  const route = routeOf(pathname);
  if (!route) throw new RegistryError('UNSUPPORTED', 'no such path', { status: 404 });
  await dispatch({ parts, request, response, query, user }, route);
}

function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: RegistryError,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = errorBody(error);
  // A body that was not read to its end would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...error.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isClientGone(error: unknown, response: ServerResponse): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || response.destroyed;
}

function newHandler(parts: RegistryParts, log: RegistryLog | undefined) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    serve(parts, request, response).catch((error: unknown) => {
      if (isClientGone(error, response)) {
        response.destroy();
        return;
      }
      const answered = toRegistryError(error);
      if (answered.status >= 500)
        log?.error(
          { err: error, method: request.method, path: request.url },
          'registry request failed',
        );
      answerError(request, response, answered);
    });
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** newRegistry opens the registry over its directory; `listen` makes it reachable. */
export function newRegistry(options: RegistryOptions): Registry {
  const parts = newParts(options);
  const handler = newHandler(parts, options.log);
  const servers: Server[] = [];
  return {
    listen({ host, port, tls }) {
      const server: Server = tls
        ? createTlsServer({ cert: tls.certPem, key: tls.keyPem }, handler)
        : createServer(handler);
      // Layers of gigabytes over slow links take longer than any fixed limit.
      server.requestTimeout = 0;
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          servers.push(server);
          resolve((server.address() as AddressInfo).port);
        });
      });
    },
    collectGarbage: (graceMs) => collectGarbage(parts, graceMs),
    async close() {
      await Promise.all(servers.splice(0).map(closeServer));
    },
  };
}
