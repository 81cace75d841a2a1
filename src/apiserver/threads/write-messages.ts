import type { StoredValue, Write, WriteResult } from '../../storage/store.ts';

/** PackedWrites are writes of one turn on their way to the main thread; their values are one buffer. */
export interface PackedWrites {
  readonly ids: readonly number[];
  readonly keys: readonly string[];
  /** The expected revisions. */
  readonly expected: readonly number[];
  /** The length of each value; -1: a delete. */
  readonly lengths: readonly number[];
  readonly values: Uint8Array<ArrayBuffer>;
}

/** WriteAnswer is what became of one write. */
export type WriteAnswer =
  | { readonly id: number; readonly revision: number }
  | { readonly id: number; readonly lostAgainst: StoredValue | null }
  | { readonly id: number; readonly failure: Error };

/** packWrites makes a message of writes; the buffer of `values` is to be transferred. */
export function packWrites(writes: readonly { id: number; write: Write }[]): PackedWrites {
  const lengths = writes.map(({ write }) => write.value?.length ?? -1);
  const values = new Uint8Array(lengths.reduce((sum, one) => sum + Math.max(one, 0), 0));
  let at = 0;
  for (const { write } of writes) {
    if (!write.value) continue;
    values.set(write.value, at);
    at += write.value.length;
  }
  return {
    ids: writes.map(({ id }) => id),
    keys: writes.map(({ write }) => write.key),
    expected: writes.map(({ write }) => write.expectedModRevision),
    lengths,
    values,
  };
}

/** unpackWrites is the inverse. */
export function unpackWrites(packed: PackedWrites): { id: number; write: Write }[] {
  const { ids, keys, expected, lengths, values } = packed;
  let at = 0;
  return ids.map((id, index) => {
    const length = lengths[index] ?? -1;
    const value = length < 0 ? null : values.subarray(at, at + length);
    at += Math.max(length, 0);
    const write = { key: keys[index] ?? '', value, expectedModRevision: expected[index] ?? 0 };
    return { id, write };
  });
}

/** resultOf is what the answer says of the write; it throws the failure. */
export function resultOf(answer: WriteAnswer): WriteResult {
  if ('failure' in answer) throw answer.failure;
  if ('revision' in answer) return { ok: true, revision: answer.revision };
  return { ok: false, current: answer.lostAgainst ?? undefined };
}
