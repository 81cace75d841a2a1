import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DiskPace } from './disk-pace.ts';
import { decodeFrames, type Frame } from './journal-frame.ts';

/** FILE_BYTES is how large a file of the journal is, from its making on. */
export const FILE_BYTES = 4 << 20;

/** JOURNAL_NAMES are the names of its files. */
export const JOURNAL_NAMES = ['journal.0', 'journal.1'] as const;

/** A header without a length: no frame begins here. */
const NO_FRAME = Buffer.alloc(14);

/** firstRevision is the revision that the first frame of a file begins with; 0: there is none. */
export function firstRevision(path: string): number {
  const bytes = Buffer.alloc(NO_FRAME.length + 6);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes);
  } finally {
    closeSync(file);
  }
  return bytes.readUInt32BE(0) === 0 ? 0 : bytes.readUIntBE(NO_FRAME.length, 6);
}

/** fill gives a file its size, and its directory the knowledge of it. */
async function fill(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = await file.stat();
    if (size >= FILE_BYTES) return;
    const zeros = Buffer.alloc(FILE_BYTES - size);
    for (let done = 0; done < zeros.length; ) {
      const left = zeros.length - done;
      done += (await file.write(zeros, done, left, size + done)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const directory = await open(dirname(path));
  await directory.sync().finally(() => directory.close());
}

/**
 * JournalFile is one file of fixed size whose blocks are there already, so that a write to it
 * changes nothing but its bytes: it is on the disk when the write returns, after one round trip.
 */
export class JournalFile {
  readonly #handle: FileHandle;
  readonly #pace: DiskPace;
  #at = 0;

  private constructor(handle: FileHandle, pace: DiskPace) {
    this.#handle = handle;
    this.#pace = pace;
  }

  /** read answers the frames of a file as it was left; none where there is no file. */
  static async read(path: string): Promise<Frame[]> {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return [];
    try {
      const head = Buffer.alloc(NO_FRAME.length);
      await file.read(head, 0, head.length, 0);
      if (head.readUInt32BE(0) === 0) return [];
      // Whose making was broken off has no frames.
      const { size } = await file.stat();
      if (size < FILE_BYTES) throw new Error(`cut off: it has ${size} bytes of ${FILE_BYTES}`);
      const bytes = Buffer.alloc(FILE_BYTES);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return decodeFrames(bytes.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }

  /** open opens a file for writing, and makes it where it is missing. Removes what it cannot finish. */
  static async open(path: string, pace: DiskPace): Promise<JournalFile> {
    try {
      await fill(path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return new JournalFile(await open(path, constants.O_RDWR | constants.O_DSYNC), pace);
  }

  /** freeBytes is the room behind the last frame. */
  get freeBytes(): number {
    return FILE_BYTES - this.#at;
  }

  /** begin makes room: what was in the file counts no longer once something is written to it. */
  begin(): void {
    this.#at = 0;
  }

  /** append writes a frame and resolves when it is on the disk. */
  async append(frame: Buffer): Promise<void> {
    await this.#writeAt(frame, this.#at);
    this.#at += frame.length;
  }

  /** clear takes away all frames. */
  async clear(): Promise<void> {
    await this.#writeAt(NO_FRAME, 0);
    this.begin();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #writeAt(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.subarray(done);
      const at = position + done;
      const waits = this.#pace.mayWait(left.length);
      done += waits ? this.#writeWaiting(left, at) : await this.#writeBeside(left, at);
    }
  }

  /** writeWaiting spares the way to another thread and back, which takes longer than a fast disk. */
  #writeWaiting(bytes: Buffer, position: number): number {
    return this.#pace.timed(() => writeSync(this.#handle.fd, bytes, 0, bytes.length, position));
  }

  async #writeBeside(bytes: Buffer, position: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }
}
