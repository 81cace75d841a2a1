import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, RegistryUser } from './access.ts';
import type { BlobStore } from './blob-store.ts';
import type { ImageStreams } from './image-streams.ts';
import type { RemoteImages } from './remote-images.ts';
import type { RepositoryStore } from './repository-store.ts';
import type { UploadStore } from './upload-store.ts';

/** RegistryParts are what the handlers work on. */
export interface RegistryParts {
  readonly blobs: BlobStore;
  readonly uploads: UploadStore;
  readonly repositories: RepositoryStore;
  readonly imageStreams: ImageStreams;
  readonly access: Access;
  readonly remote: RemoteImages | undefined;
  readonly now: () => Date;
}

/** Exchange is one request being served, by an authenticated user. */
export interface Exchange {
  readonly parts: RegistryParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly user: RegistryUser;
}

/** answer ends an exchange without a body, or with a short one. */
export function answer(
  { request, response }: Exchange,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body?: Uint8Array | string,
): void {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  response.writeHead(status, {
    ...(status === 204 ? {} : { 'content-length': length }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** answerJson ends an exchange with a JSON document. */
export function answerJson(
  exchange: Exchange,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  answer(exchange, 200, { 'content-type': 'application/json', ...headers }, text);
}
