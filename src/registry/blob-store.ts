import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Digest, parseDigest } from './digest.ts';
import {
  isTemporary,
  makeDirectory,
  removeDurably,
  removeTemporary,
  renameDurably,
  writeDurably,
} from './durable-file.ts';
import { isMissingFile } from './registry-error.ts';

/** BlobInfo is what is known of a stored blob. */
export interface BlobInfo {
  readonly sizeBytes: number;
  /** When it was written or last asked for by a push. */
  readonly modifiedMs: number;
}

/** ByteRange is inclusive on both ends. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * BlobStore keeps contents under their digest, `blobs/<algorithm>/<2 hex>/<hex>`.
 * INVARIANTS: a file under its final name is complete, verified and synced; it never changes;
 * it disappears only through `remove`.
 */
export interface BlobStore {
  stat(digest: Digest): Promise<BlobInfo | undefined>;
  /** read streams a blob that exists, all of it or a range. */
  read(digest: Digest, range?: ByteRange): Readable;
  readAll(digest: Digest): Promise<Buffer>;
  /** put stores bytes that the caller has verified. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** adopt takes over a verified, synced file of the same file system. */
  adopt(digest: Digest, path: string): Promise<void>;
  /** touch protects a blob from garbage collection for another grace period. */
  touch(digest: Digest, now: Date): Promise<void>;
  remove(digest: Digest): Promise<void>;
  list(): AsyncIterable<Digest>;
  /** removeTemporary removes what writes that a crash broke off left behind before a time. */
  removeTemporary(before: Date): Promise<void>;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

async function* listBlobs(root: string): AsyncIterable<Digest> {
  for (const algorithm of await namesIn(root))
    for (const shard of await namesIn(join(root, algorithm)))
      for (const name of await namesIn(join(root, algorithm, shard)))
        if (!isTemporary(name)) yield parseDigest(`${algorithm}:${name}`);
}

/** newBlobStore opens the store below a directory; the directory is made when first needed. */
export function newBlobStore(directory: string): BlobStore {
  const root = join(directory, 'blobs');
  const pathOf = ({ algorithm, hex }: Digest) => join(root, algorithm, hex.slice(0, 2), hex);
  return {
    async stat(digest) {
      try {
        const { size, mtimeMs } = await stat(pathOf(digest));
        return { sizeBytes: size, modifiedMs: mtimeMs };
      } catch (error) {
        if (isMissingFile(error)) return undefined;
        throw error;
      }
    },
    read: (digest, range) =>
      createReadStream(pathOf(digest), { highWaterMark: 256 * 1024, ...range }),
    readAll: (digest) => readFile(pathOf(digest)),
    put: (digest, bytes) => writeDurably(pathOf(digest), bytes),
    async adopt(digest, path) {
      const target = pathOf(digest);
      await makeDirectory(dirname(target));
      await renameDurably(path, target);
    },
    async touch(digest, now) {
      await utimes(pathOf(digest), now, now).catch((error: unknown) => {
        if (!isMissingFile(error)) throw error;
      });
    },
    remove: (digest) => removeDurably(pathOf(digest)),
    list: () => listBlobs(root),
    removeTemporary: (before) => removeTemporary(root, before),
  };
}
