import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { record, until } from './recorded-watch.ts';
import { bytes } from './short-calls.ts';

/** queuedWrites is the part of the contract about what is told of a write before it is durable. */
export function queuedWrites(of: () => Store): void {
  it('tells the revision of a write before it is durable, and lets others stand on it', async () => {
    const store = of();
    const seen = record(store, '', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const queued: number[] = [];
    const writes = ['1', '2', '3'].map((value, index) =>
      store.write({ key: 'a', value: bytes(value), expectedModRevision: index }, (revision) =>
        queued.push(revision),
      ),
    );
    // Who has its writes carried out elsewhere is not told.
    expect([[], [1, 2, 3]]).toContainEqual(queued);
    const results = await Promise.all(writes);
    expect(results).toEqual([1, 2, 3].map((revision) => ({ ok: true, revision })));
    expect(await store.get('a')).toMatchObject({ createRevision: 1, modRevision: 3 });
    await until(() => seen.lines.length === 3);
    expect(seen.lines).toEqual(['1 put a=1', '2 put a=2 was 1', '3 put a=3 was 2']);
  });

  it('tells no revision of a write that lost, and answers it when what it lost against is durable', async () => {
    const store = of();
    const write = store.write({ key: 'a', value: bytes('1'), expectedModRevision: 0 });
    const lost = await store.write({ key: 'a', value: bytes('x'), expectedModRevision: 0 }, () =>
      expect.unreachable(),
    );
    expect(lost).toMatchObject({ ok: false, current: { modRevision: 1 } });
    expect(await store.currentRevision()).toBe(1);
    expect(await write).toEqual({ ok: true, revision: 1 });
  });
}
