/** SharedRecord is one change in the shared log: `bytes` is its record as the store's log has it. */
export interface SharedRecord {
  readonly revision: number;
  readonly bytes: Buffer;
}

/** SharedRead is what a reader finds after its place in the log. */
export interface SharedRead {
  readonly records: readonly SharedRecord[];
  /** Where the next read begins. */
  readonly next: number;
}

/** RING_BYTES is more than a store's journal can hold: what is overwritten here is in the tables. */
const RING_BYTES = (8 << 20) + (1 << 16);
const CELLS = 4;
const RING_START = 64;
/** Revision (6), length (4). */
const RECORD_HEADER_BYTES = 10;

/** Cells of the header. Positions count the bytes that were ever written. */
const DURABLE = 0;
/** Up to where the ring may be overwritten at this moment. */
const RESERVED = 1;
const HEAD = 2;
/** Where the first record begins that may not be in the tables. */
const TAIL = 3;

/**
 * SharedLog tells other threads, through shared memory, the newest durable revision and the newest
 * changes, which are not in the store's tables yet. One thread writes. The buffer is what is handed
 * to the others.
 *
 * INVARIANTS: changes are appended before the revision that they belong to is published. What is
 * between TAIL and HEAD is not overwritten before the tables have it.
 */
export class SharedLog {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;
  readonly #ring: Buffer;
  /** The writer's: where each batch ends that may not be in the tables. */
  readonly #batches: { readonly revision: number; readonly end: number }[] = [];

  constructor(buffer = new SharedArrayBuffer(RING_START + RING_BYTES)) {
    this.buffer = buffer;
    this.#cells = new BigInt64Array(buffer, 0, CELLS);
    this.#ring = Buffer.from(buffer, RING_START);
  }

  /** durable is the newest revision that was published. */
  get durable(): number {
    return this.#cell(DURABLE);
  }

  /** publish makes a revision visible to all threads before it returns. */
  publish(revision: number): void {
    this.#set(DURABLE, revision);
  }

  /** append adds a batch of changes, which is published later. */
  append(records: readonly SharedRecord[]): void {
    const last = records.at(-1);
    if (!last) return;
    let size = 0;
    for (const { bytes } of records) size += RECORD_HEADER_BYTES + bytes.length;
    let at = this.#cell(HEAD);
    const end = at + size;
    this.#set(RESERVED, end);
    const header = Buffer.alloc(RECORD_HEADER_BYTES);
    for (const { revision, bytes } of records) {
      header.writeUIntBE(revision, 0, 6);
      header.writeUInt32BE(bytes.length, 6);
      this.#put(at, header);
      this.#put(at + RECORD_HEADER_BYTES, bytes);
      at += RECORD_HEADER_BYTES + bytes.length;
    }
    this.#set(HEAD, end);
    this.#batches.push({ revision: last.revision, end });
  }

  /** settled tells that the tables show everything up to a revision. */
  settled(revision: number): void {
    let tail: number | undefined;
    while (this.#batches[0] && this.#batches[0].revision <= revision) {
      tail = this.#batches.shift()?.end;
    }
    if (tail !== undefined) this.#set(TAIL, tail);
  }

  /**
   * read copies the changes after a place, 0 at first. When those have been overwritten, it begins
   * with what may not be in the tables: who misses changes before that finds them there.
   */
  read(from: number): SharedRead {
    for (let start = from; ; start = this.#cell(TAIL)) {
      const end = this.#cell(HEAD);
      const bytes = this.#get(start, end);
      // Copied first, then looked whether the writer has come round meanwhile.
      if (bytes && this.#cell(RESERVED) - start <= RING_BYTES) {
        return { records: recordsOf(bytes), next: end };
      }
    }
  }

  #cell(index: number): number {
    return Number(Atomics.load(this.#cells, index));
  }

  #set(index: number, value: number): void {
    Atomics.store(this.#cells, index, BigInt(value));
  }

  #put(position: number, bytes: Buffer): void {
    const at = position % RING_BYTES;
    const first = bytes.copy(this.#ring, at, 0, Math.min(bytes.length, RING_BYTES - at));
    if (first < bytes.length) bytes.copy(this.#ring, 0, first);
  }

  #get(start: number, end: number): Buffer | undefined {
    const size = end - start;
    if (size > RING_BYTES) return undefined;
    const bytes = Buffer.allocUnsafe(size);
    const at = start % RING_BYTES;
    const first = this.#ring.copy(bytes, 0, at, Math.min(at + size, RING_BYTES));
    if (first < size) this.#ring.copy(bytes, first, 0, size - first);
    return bytes;
  }
}

function recordsOf(bytes: Buffer): SharedRecord[] {
  const records: SharedRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt32BE(at + 6);
    records.push({ revision: bytes.readUIntBE(at, 6), bytes: bytes.subarray(start, end) });
    at = end;
  }
  return records;
}
