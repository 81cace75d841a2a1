import { join } from 'node:path';
import { StoreCorruptError } from '../store.ts';
import { DiskPace } from './disk-pace.ts';
import { FILE_BYTES, JOURNAL_NAMES, JournalFile } from './journal-file.ts';
import { encodeFrame, frameBytes, type JournalRecord } from './journal-frame.ts';

interface Slot {
  readonly path: string;
  /** Opened when first written to. */
  file: JournalFile | undefined;
  /** The newest revision in it; 0 where nothing in it counts. */
  lastRevision: number;
}

/**
 * Journal makes batches of changes durable with one write each, so that the tables can follow
 * later, many changes at a time. Two files take turns: one is written over when the tables have
 * everything of it on the disk.
 *
 * INVARIANTS: one append at a time. Every change that was answered is in the tables, synced, or in
 * a frame of a file whose slot has a `lastRevision`. Frames are in revision order across files.
 */
export class Journal {
  readonly #slots: readonly Slot[];
  readonly #pace = new DiskPace();
  #current: Slot | undefined;
  #generation: number;
  #unusable = false;
  #freeing: Promise<void> | undefined;

  private constructor(slots: readonly Slot[], generation: number) {
    this.#slots = slots;
    this.#generation = generation;
  }

  /** open reads what an earlier process left in a directory: changes in revision order. */
  static async open(
    directory: string,
  ): Promise<{ readonly journal: Journal; readonly records: readonly JournalRecord[] }> {
    const paths = JOURNAL_NAMES.map((name) => join(directory, name));
    const found = await Promise.all(
      paths.map((path) =>
        JournalFile.read(path).catch((error: Error) => {
          throw new StoreCorruptError(directory, `${path}: ${error.message}`, error);
        }),
      ),
    );
    const slots = paths.map((path, index): Slot => {
      const lastRevision = found[index]?.at(-1)?.records.at(-1)?.revision ?? 0;
      return { path, file: undefined, lastRevision };
    });
    const frames = found.flat().sort((a, b) => a.generation - b.generation);
    const journal = new Journal(slots, frames.at(-1)?.generation ?? 0);
    return { journal, records: frames.flatMap((frame) => frame.records) };
  }

  /**
   * hasRoom makes room for a batch; false: it is too large, or there is no disk space for a
   * journal. `flush` is asked to bring everything that was appended into the tables and on the disk.
   */
  async hasRoom(records: readonly JournalRecord[], flush: () => Promise<void>): Promise<boolean> {
    const bytes = frameBytes(records);
    if (bytes > FILE_BYTES || this.#unusable) return false;
    const free = this.#current?.file?.freeBytes ?? 0;
    if (free >= bytes) {
      if (free < FILE_BYTES / 2) this.#freeInTime(flush);
      return true;
    }
    await this.#freeing;
    if (this.#free().length === 0) await this.flushed(flush);
    for (const slot of this.#free()) if (await this.#begin(slot)) return true;
    // The second file could not be made: the first one is used again.
    await this.flushed(flush);
    for (const slot of this.#free()) if (await this.#begin(slot)) return true;
    this.#unusable = true;
    return false;
  }

  /** append writes a batch for which there is room, and resolves when it is on the disk. */
  async append(records: readonly JournalRecord[]): Promise<void> {
    const slot = this.#current;
    if (!slot?.file) throw new Error('there is no room in the journal');
    await slot.file.append(encodeFrame(this.#generation, records));
    slot.lastRevision = records.at(-1)?.revision ?? slot.lastRevision;
  }

  /** flushed waits for a flush, after which nothing in the journal counts any more. */
  async flushed(flush: () => Promise<void>): Promise<void> {
    await flush();
    for (const slot of this.#slots) slot.lastRevision = 0;
  }

  /** close releases the files; `flushed` tells that the tables have everything, on the disk. */
  async close(flushed: boolean): Promise<void> {
    for (const { file } of this.#slots) {
      if (flushed) await file?.clear();
      await file?.close();
    }
  }

  #free(): Slot[] {
    return this.#slots.filter((slot) => slot.lastRevision === 0);
  }

  /** freeInTime sees to it that the other file can be written over before this one is full. */
  #freeInTime(flush: () => Promise<void>): void {
    const other = this.#slots.find((slot) => slot !== this.#current);
    if (this.#freeing || !other || other.lastRevision === 0) return;
    const { lastRevision } = other;
    this.#freeing = flush().then(
      () => {
        // Nothing has been appended to it since.
        if (other.lastRevision === lastRevision) other.lastRevision = 0;
        this.#freeing = undefined;
      },
      // Who needs the room finds out why there is none.
      () => {
        this.#freeing = undefined;
      },
    );
  }

  async #begin(slot: Slot): Promise<boolean> {
    try {
      slot.file ??= await JournalFile.open(slot.path, this.#pace);
    } catch {
      // A full disk, most likely: the tables will say so when they cannot be written either.
      return false;
    }
    slot.file.begin();
    this.#generation += 1;
    this.#current = slot;
    return true;
  }
}
