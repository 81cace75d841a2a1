/**
 * The revisioned key-value contract that the API server stands on. It is etcd's, in a dozen
 * methods: one global, strictly increasing revision; compare-and-set writes; lists of a prefix at
 * a revision; watches of a prefix from a revision; history until compaction.
 */

/** StoredValue is one version of one key. `value` must not be changed by the reader. */
export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
  /** The revision of the write that created the key. */
  readonly createRevision: number;
  /** The revision of the write that made this version. */
  readonly modRevision: number;
}

/**
 * SettledValues are versions that can be read again at any time, without waiting, until they are
 * compacted away: who can read them need not keep them.
 */
export interface SettledValues {
  /** revision is up to where versions can be read. */
  readonly revision: number;
  /** compacted is up to where versions that were replaced may be gone. */
  readonly compacted: number;
  /**
   * read answers what `use` makes of the value that a revision wrote: its bytes are lent, and are
   * others after that. Throws StoreCorruptError where the value is gone.
   */
  read<T>(revision: number, use: (stored: StoredValue) => T): T;
}

/** StoreEvent is one change of one key; `previous` is the version before it, where there was one. */
export type StoreEvent =
  | {
      readonly type: 'put';
      readonly current: StoredValue;
      readonly previous: StoredValue | undefined;
    }
  | {
      readonly type: 'delete';
      readonly key: string;
      /** The revision of the delete itself. */
      readonly revision: number;
      readonly previous: StoredValue;
    };

/** ListOptions narrows a list; keys come in ascending byte order. */
export interface ListOptions {
  /** Read the state as of this revision; the newest when absent or 0. Throws CompactedError if too old. */
  readonly revision?: number;
  /** At most so many values; all when absent or 0. */
  readonly limit?: number;
  /** Only keys strictly after this one (the continuation). */
  readonly after?: string;
}

/** ListResult is one page of a prefix. */
export interface ListResult {
  /** The revision that the page shows. */
  readonly revision: number;
  readonly items: readonly StoredValue[];
  /** True when keys remain after the last item. */
  readonly more: boolean;
  /** How many keys remain after the last item. */
  readonly remainingCount: number;
}

/** Write is a compare-and-set: it happens only if the key's modRevision is the expected one. */
export interface Write {
  readonly key: string;
  /** The new value, or null to delete. */
  readonly value: Uint8Array | null;
  /** The modRevision that the key must have; 0 means that the key must not exist. */
  readonly expectedModRevision: number;
}

/** WriteResult tells the revision of a write that happened, or the version that it lost against. */
export type WriteResult =
  | { readonly ok: true; readonly revision: number }
  | { readonly ok: false; readonly current: StoredValue | undefined };

/**
 * OnQueued is told the revision of a write that won its compare and is about to become durable: a
 * further write may expect that revision already, and fails where this one does. It is called before
 * the call of write() returns, or not at all.
 */
export type OnQueued = (revision: number) => void;

/** WatchSink receives events in revision order, without gaps, each exactly once. */
export interface WatchSink {
  /**
   * Called with a batch; `revision` is the newest revision that the watch has seen. The batch is
   * empty when only keys outside the prefix changed.
   */
  onEvents(events: readonly StoreEvent[], revision: number): void;
  /** Called once, when the watch ends for a reason other than close(). */
  onError(error: Error): void;
}

/** StoreWatch is a running watch; close() ends it and is idempotent. */
export interface StoreWatch {
  close(): void;
}

/**
 * Store is the contract. A write that was answered is durable (for a store on disk: it survives
 * `kill -9` and a power cut) and only then visible to watches. Methods throw the errors of this
 * module and nothing that knows HTTP.
 */
export interface Store {
  /** Present where values can be read again cheaply. */
  readonly settled?: SettledValues | undefined;
  /** currentRevision is the revision of the newest write; 0 in an empty store. */
  currentRevision(): Promise<number>;
  /** get reads the newest version of a key. */
  get(key: string): Promise<StoredValue | undefined>;
  /** list reads the keys that begin with a prefix. */
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /**
   * write does one compare-and-set and resolves when it is durable. It compares with what stands
   * in the queue of the store, durable or not: a write that lost is answered when what it lost
   * against is durable.
   */
  write(write: Write, onQueued?: OnQueued): Promise<WriteResult>;
  /**
   * watch reports every change of a prefix after `afterRevision`: first those of the history,
   * then those to come. Ends with CompactedError when the history does not reach back that far.
   */
  watch(prefix: string, afterRevision: number, sink: WatchSink): StoreWatch;
  /** compact forgets the history up to and including a revision; the newest versions stay. */
  compact(revision: number): Promise<void>;
  /** compactedRevision is the newest revision whose history is gone; 0 before the first compaction. */
  compactedRevision(): Promise<number>;
  /** close ends all watches, waits for writes under way and releases the files. */
  close(): Promise<void>;
}

/** CompactedError: the revision asked for is older than the history that is kept. */
export class CompactedError extends Error {
  readonly compactedRevision: number;

  constructor(compactedRevision: number) {
    super(`required revision has been compacted (oldest kept is after ${compactedRevision})`);
    this.name = 'CompactedError';
    this.compactedRevision = compactedRevision;
  }
}

/** FutureRevisionError: the revision asked for has not been written yet. */
export class FutureRevisionError extends Error {
  constructor(revision: number, current: number) {
    super(`required revision ${revision} is a future revision (current is ${current})`);
    this.name = 'FutureRevisionError';
  }
}

/** StoreClosedError: the store was closed, or its disk failed, before the call could be carried out. */
export class StoreClosedError extends Error {
  constructor(cause?: unknown) {
    super(
      cause === undefined ? 'the store is closed' : explained(cause),
      cause === undefined ? undefined : { cause },
    );
    this.name = 'StoreClosedError';
  }
}

function explained(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `the store is closed as its disk failed (${reason}): restart the server; what was answered is kept`;
}

/** StoreFullError: the disk is full. The write did not happen, reads go on, later writes may succeed. */
export class StoreFullError extends Error {
  constructor(directory: string, freeBytes: number, cause: unknown) {
    super(`no space left on the disk of ${directory} (${freeBytes} bytes free)`, { cause });
    this.name = 'StoreFullError';
  }
}

/** StoreLockedError: another process has the directory of the store open. */
export class StoreLockedError extends Error {
  readonly directory: string;
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(`the store in ${directory} is in use by process ${pid}`);
    this.name = 'StoreLockedError';
    this.directory = directory;
    this.pid = pid;
  }
}

/** StoreCorruptError: the files of the store cannot be read as a store. */
export class StoreCorruptError extends Error {
  constructor(directory: string, detail: string, cause?: unknown) {
    super(`the store in ${directory} cannot be read: ${detail}`, { cause });
    this.name = 'StoreCorruptError';
  }
}
