import { CompactedError, FutureRevisionError } from './store.ts';

/** demandWritten throws FutureRevisionError for a revision that has not been written yet. */
export function demandWritten(revision: number, current: number): void {
  if (revision > current) throw new FutureRevisionError(revision, current);
}

/** demandKept throws CompactedError for a revision whose history is gone. */
export function demandKept(revision: number, compacted: number): void {
  if (revision < compacted) throw new CompactedError(compacted);
}
