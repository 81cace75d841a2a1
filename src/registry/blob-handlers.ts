import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from './blob-store.ts';
import { type Digest, parseDigest } from './digest.ts';
import { answer, type Exchange, type RegistryParts } from './exchange.ts';
import { blobsOf, parseManifest } from './manifest.ts';
import { findManifest } from './manifest-lookup.ts';
import { RegistryError } from './registry-error.ts';

interface BlobTarget {
  readonly repository: string;
  readonly digest: string;
}

function unknownBlob(target: BlobTarget): RegistryError {
  return new RegistryError('BLOB_UNKNOWN', 'blob unknown to registry', {
    detail: { digest: target.digest },
  });
}

function rangeOfRequest(exchange: Exchange, sizeBytes: number): ByteRange | undefined {
  const header = exchange.request.headers.range;
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (start <= end && start < sizeBytes) return { start, end };
  throw new RegistryError('RANGE_INVALID', 'the range is outside the blob', {
    headers: { 'content-range': `bytes */${sizeBytes}` },
  });
}

async function send(exchange: Exchange, bytes: Readable): Promise<void> {
  if (exchange.request.method === 'HEAD') {
    bytes.destroy();
    exchange.response.end();
    return;
  }
  await pipeline(bytes, exchange.response);
}

/** originOf finds the imported image of a stream that a blob belongs to. */
async function originOf(parts: RegistryParts, target: BlobTarget): Promise<string | undefined> {
  for (const image of await parts.imageStreams.images(target.repository)) {
    const found = await findManifest(parts, target.repository, parseDigest(image.digest));
    if (!found) continue;
    const manifest = parseManifest(found.bytes, found.mediaType);
    if (blobsOf(manifest).some(({ digest }) => digest === target.digest)) return image.reference;
  }
  return undefined;
}

async function passThrough(exchange: Exchange, target: BlobTarget): Promise<boolean> {
  const { parts, response } = exchange;
  if (!parts.remote) return false;
  const origin = await originOf(parts, target);
  if (origin === undefined) return false;
  const [namespace = ''] = target.repository.split('/');
  const remote = await parts.remote.blob(origin, target.digest, namespace);
  if (!remote) return false;
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': remote.sizeBytes,
    'docker-content-digest': target.digest,
  });
  await send(exchange, remote.bytes);
  return true;
}

async function sizeInRepository(
  parts: RegistryParts,
  repository: string,
  digest: Digest,
): Promise<number | undefined> {
  const linked =
    (await parts.repositories.hasBlob(repository, digest)) ||
    (await parts.repositories.manifest(repository, digest))?.state === 'present';
  return linked ? (await parts.blobs.stat(digest))?.sizeBytes : undefined;
}

/** getBlob serves GET and HEAD, whole or in a range, with constant memory. */
export async function getBlob(exchange: Exchange, target: BlobTarget): Promise<void> {
  const { parts, request, response } = exchange;
  const digest = parseDigest(target.digest);
  const sizeBytes = await sizeInRepository(parts, target.repository, digest);
  if (sizeBytes === undefined) {
    if (await passThrough(exchange, target)) return;
    throw unknownBlob(target);
  }
  if (request.method === 'HEAD') {
    await parts.repositories.touchBlob(target.repository, digest, parts.now());
    await parts.blobs.touch(digest, parts.now());
  }
  const range = rangeOfRequest(exchange, sizeBytes);
  response.writeHead(range ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': range ? range.end - range.start + 1 : sizeBytes,
    'docker-content-digest': digest.text,
    'accept-ranges': 'bytes',
    etag: `"${digest.text}"`,
    'cache-control': 'max-age=31536000',
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else await send(exchange, parts.blobs.read(digest, range));
}

/** deleteBlob takes a blob out of a repository; garbage collection removes it from the disk. */
export async function deleteBlob(exchange: Exchange, target: BlobTarget): Promise<void> {
  const { parts } = exchange;
  const digest = parseDigest(target.digest);
  if (!(await parts.repositories.hasBlob(target.repository, digest))) throw unknownBlob(target);
  await parts.repositories.unlinkBlob(target.repository, digest);
  answer(exchange, 202, {});
}
