import { type FileHandle, open } from 'node:fs/promises';

/** Volume is what one transaction writes at most: puts and removes, and the bytes of all values. */
export interface Volume {
  readonly operations: number;
  readonly bytes: number;
}

/** Extent is the part of LMDB's statistics that tells how far its file is in use. */
export interface Extent {
  readonly pageSize: number;
  readonly lastPageNumber: number;
}

/** A leaf, the branch above it, and what each of them is split into. */
const PAGES_PER_OPERATION = 4;
/** The upper levels of all trees, and the list of pages that the transaction frees. */
const PAGES_PER_TRANSACTION = 64;
/** So many page numbers have room in a page of the free list, which may be written as a whole. */
const FREED_PER_PAGE = 500;
/** STEP_BYTES: the file grows by multiples of this, so that not every transaction makes it grow. */
const STEP_BYTES = 1 << 20;

/**
 * TablesRoom sees to it that LMDB never meets a full disk: before a transaction the file has blocks
 * for all that it may write. The library answers a write for which there are none with a message that
 * is longer than the memory it takes for it, which breaks the heap of the whole process (lmdb 3.5.6).
 * File systems that write a block elsewhere each time (btrfs, ZFS) can still be full afterwards.
 *
 * INVARIANTS: one transaction at a time. The file is never made shorter than it was before.
 */
export class TablesRoom {
  readonly #path: string;
  readonly #extent: () => Extent;
  #tail: Promise<unknown> = Promise.resolve();
  #size = 0;

  constructor(path: string, extent: () => Extent) {
    this.#path = path;
    this.#extent = extent;
  }

  /** provide makes room and does the work of one transaction. Rejects with ENOSPC before it began. */
  provide<T>(volume: Volume, work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(async () => {
      await this.#ensure(this.#demand(volume));
      return work();
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** demand answers how large the file must be, in bytes. */
  #demand({ operations, bytes }: Volume): number {
    const { pageSize, lastPageNumber } = this.#extent();
    // A value takes whole pages where it does not fit into a leaf.
    const values = operations + Math.ceil(bytes / pageSize);
    const trees = operations * PAGES_PER_OPERATION + PAGES_PER_TRANSACTION;
    const freed = Math.ceil(lastPageNumber / FREED_PER_PAGE);
    return (lastPageNumber + 1 + values + trees + freed) * pageSize;
  }

  async #ensure(bytes: number): Promise<void> {
    if (this.#size >= bytes) return;
    const file = await open(this.#path, 'r+');
    try {
      this.#size = (await file.stat()).size;
      if (this.#size < bytes) this.#size = await lengthened(file, this.#size, bytes);
    } finally {
      await file.close();
    }
  }
}

/** lengthened writes zeros behind a file until it has a size or more, or is as long as it was. */
async function lengthened(file: FileHandle, from: number, bytes: number): Promise<number> {
  const zeros = Buffer.alloc(STEP_BYTES);
  let size = from;
  try {
    while (size < bytes) {
      size += (await file.write(zeros, 0, STEP_BYTES - (size % STEP_BYTES), size)).bytesWritten;
    }
  } catch (error) {
    await file.truncate(from);
    throw error;
  }
  return size;
}
