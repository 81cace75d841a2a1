import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from './blob-store.ts';
import { type Digest, digestFrom } from './digest.ts';
import { removeDurably } from './durable-file.ts';
import { isMissingFile, RegistryError } from './registry-error.ts';

/** ChunkOptions say where a chunk must begin and how long it must be; absent ones are not checked. */
export interface ChunkOptions {
  readonly start?: number | undefined;
  readonly lengthBytes?: number | undefined;
}

/**
 * UploadStore keeps unfinished uploads, `uploads/<id>/{data,repository}`. They survive a restart of
 * the registry. INVARIANTS: one writer at a time per upload; a running hash, where there is one, covers
 * exactly the bytes of the file, else the file is read again at the end.
 */
export interface UploadStore {
  begin(repository: string): Promise<string>;
  /** size answers the bytes received so far; throws BLOB_UPLOAD_UNKNOWN. */
  size(id: string, repository: string): Promise<number>;
  /**
   * append answers the new size, durable. A sender that breaks off leaves what arrived; a chunk that
   * does not fit its declaration, or a full disk, leaves the upload as it was.
   */
  append(
    id: string,
    repository: string,
    source: AsyncIterable<Uint8Array>,
    options: ChunkOptions,
  ): Promise<number>;
  /** finish verifies and moves the upload into the blob store; on a mismatch the upload is discarded. */
  finish(id: string, repository: string, digest: Digest): Promise<void>;
  cancel(id: string, repository: string): Promise<void>;
  /** removeStale discards uploads that have not grown since a time. */
  removeStale(before: Date): Promise<number>;
}

interface RunningHash {
  readonly hash: Hash;
  sizeBytes: number;
}

function unknownUpload(id: string, cause?: unknown): RegistryError {
  return new RegistryError('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry', {
    detail: { uuid: id.slice(0, 100) },
    cause,
  });
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, done, undefined, position + done);
    done += bytesWritten;
  }
}

async function hashFile(path: string, algorithm: Digest['algorithm']): Promise<Digest> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk);
  return digestFrom(hash, algorithm);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

class FileUploadStore implements UploadStore {
  private readonly root: string;
  private readonly blobs: BlobStore;
  private readonly hashes = new Map<string, RunningHash>();
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(directory: string, blobs: BlobStore) {
    this.root = join(directory, 'uploads');
    this.blobs = blobs;
  }

  async begin(repository: string): Promise<string> {
    const id = randomUUID();
    await mkdir(join(this.root, id), { recursive: true, mode: 0o700 });
    await writeFile(join(this.root, id, 'repository'), repository);
    await writeFile(join(this.root, id, 'data'), '');
    this.hashes.set(id, { hash: createHash('sha256'), sizeBytes: 0 });
    return id;
  }

  async size(id: string, repository: string): Promise<number> {
    return (await stat(await this.dataPath(id, repository))).size;
  }

  append(
    id: string,
    repository: string,
    source: AsyncIterable<Uint8Array>,
    options: ChunkOptions,
  ): Promise<number> {
    return this.alone(id, async () => {
      const path = await this.dataPath(id, repository);
      const { size } = await stat(path);
      if (options.start !== undefined && options.start !== size)
        throw new RegistryError('RANGE_INVALID', `the next byte expected is ${size}`, {
          headers: { range: rangeOf(size) },
        });
      const handle = await open(path, 'r+');
      try {
        return await this.write(id, handle, { size, source, lengthBytes: options.lengthBytes });
      } finally {
        await handle.close();
      }
    });
  }

  finish(id: string, repository: string, digest: Digest): Promise<void> {
    return this.alone(id, async () => {
      const path = await this.dataPath(id, repository);
      const actual = await this.digestOfUpload(id, path, digest.algorithm);
      if (actual.text !== digest.text) {
        await this.discard(id);
        throw new RegistryError(
          'DIGEST_INVALID',
          'provided digest did not match uploaded content',
          { detail: { provided: digest.text, actual: actual.text } },
        );
      }
      if ((await this.blobs.stat(digest)) === undefined) await this.blobs.adopt(digest, path);
      await this.discard(id);
    });
  }

  cancel(id: string, repository: string): Promise<void> {
    return this.alone(id, async () => {
      await this.dataPath(id, repository);
      await this.discard(id);
    });
  }

  async removeStale(before: Date): Promise<number> {
    let removed = 0;
    for (const id of await this.ids()) {
      const directory = join(this.root, id);
      // One that is being begun has no data yet.
      const info = (await statOf(join(directory, 'data'))) ?? (await statOf(directory));
      if (!info || info.mtimeMs >= before.getTime()) continue;
      await this.alone(id, () => this.discard(id));
      removed++;
    }
    return removed;
  }

  private async ids(): Promise<string[]> {
    try {
      return await readdir(this.root);
    } catch (error) {
      if (isMissingFile(error)) return [];
      throw error;
    }
  }

  private async dataPath(id: string, repository: string): Promise<string> {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw unknownUpload(id);
    try {
      const owner = await readFile(join(this.root, id, 'repository'), 'utf8');
      if (owner !== repository) throw unknownUpload(id);
      return join(this.root, id, 'data');
    } catch (error) {
      if (isMissingFile(error)) throw unknownUpload(id, error);
      throw error;
    }
  }

  private async write(
    id: string,
    handle: FileHandle,
    chunk: {
      size: number;
      source: AsyncIterable<Uint8Array>;
      lengthBytes: number | undefined;
    },
  ): Promise<number> {
    const running = this.hashes.get(id);
    const hash = running?.sizeBytes === chunk.size ? running : undefined;
    let size = chunk.size;
    try {
      for await (const bytes of chunk.source) {
        await writeAll(handle, bytes, size);
        size += bytes.byteLength;
        hash?.hash.update(bytes);
        if (hash) hash.sizeBytes = size;
      }
      if (chunk.lengthBytes !== undefined && size - chunk.size !== chunk.lengthBytes)
        throw new RegistryError(
          'SIZE_INVALID',
          `the chunk has ${size - chunk.size} bytes instead of ${chunk.lengthBytes}`,
        );
      await handle.datasync();
    } catch (error) {
      if (!isBrokenOff(error)) await this.takeBack(id, handle, chunk.size);
      throw error;
    }
    return size;
  }

  private async takeBack(id: string, handle: FileHandle, size: number): Promise<void> {
    this.hashes.delete(id);
    await handle.truncate(size);
  }

  private async digestOfUpload(
    id: string,
    path: string,
    algorithm: Digest['algorithm'],
  ): Promise<Digest> {
    const running = this.hashes.get(id);
    const { size } = await stat(path);
    if (algorithm === 'sha256' && running?.sizeBytes === size)
      return digestFrom(running.hash, algorithm);
    return hashFile(path, algorithm);
  }

  private async discard(id: string): Promise<void> {
    this.hashes.delete(id);
    await removeDurably(join(this.root, id));
  }

  private async alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    const tail = mine.catch(() => undefined);
    this.tails.set(id, tail);
    try {
      return await mine;
    } finally {
      if (this.tails.get(id) === tail) this.tails.delete(id);
    }
  }
}

function isBrokenOff(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** rangeOf is the `Range` header of an upload of so many bytes, as the specification spells it. */
export function rangeOf(sizeBytes: number): string {
  return `0-${Math.max(0, sizeBytes - 1)}`;
}

/** newUploadStore keeps uploads below the same directory as the blobs that they become. */
export function newUploadStore(directory: string, blobs: BlobStore): UploadStore {
  return new FileUploadStore(directory, blobs);
}
