import type { RootDatabase } from 'lmdb';

/**
 * LOST_SLOT are the codes of a read whose transaction could not begin: MDB_BAD_RSLOT, and EINVAL,
 * which a plain get gives instead.
 */
const LOST_SLOT: ReadonlySet<unknown> = new Set([-30783, 22]);

/** SlotKeeper reads although the slot of this thread in the table of readers may be lost. */
export interface SlotKeeper {
  /**
   * reading does a read of single keys. When this thread has lost its slot, it gets another one,
   * and the read is done again, once; any other failure is thrown as it is.
   */
  reading<T>(read: () => T): T;
  /**
   * hold sees to it that the transaction of this turn of the event loop has begun. A range whose
   * transaction cannot begin would be read as empty, without an error.
   */
  hold(): void;
}

/** The library has no public way to end the transaction that its reads share. */
interface SharedReads {
  _commitReadTxn(): void;
}

/**
 * newSlotKeeper keeps a slot for the reads of an environment. All threads of a process share the
 * table; LMDB notices only when a transaction begins that a slot is not as it was left, and then
 * no read of that thread works any more, unless its transaction is given up for another one.
 */
export function newSlotKeeper(root: RootDatabase<unknown, string>): SlotKeeper {
  function reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!LOST_SLOT.has((error as { code?: unknown }).code)) throw error;
      (root as unknown as SharedReads)._commitReadTxn();
      return read();
    }
  }
  return { reading, hold: () => reading(() => root.useReadTransaction().done()) };
}
