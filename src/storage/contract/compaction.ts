import { beforeEach, expect, it } from 'vitest';
import { CompactedError, FutureRevisionError, type Store } from '../store.ts';
import { record, until } from './recorded-watch.ts';
import { put, remove, shown } from './short-calls.ts';

/** compaction is the part of the contract about what compaction forgets and keeps. */
export function compaction(of: () => Store): void {
  beforeEach(async () => {
    await put(of(), 'a', '1');
    await put(of(), 'b', '1');
    await put(of(), 'a', '2');
    await remove(of(), 'b');
    await put(of(), 'c', '1');
  });

  it('forgets older revisions but not the newest versions', async () => {
    await of().compact(4);
    expect(await of().compactedRevision()).toBe(4);
    expect(await shown(of(), '')).toBe('a=2 c=1');
    expect(await shown(of(), '', 4)).toBe('a=2');
    await expect(of().list('', { revision: 3 })).rejects.toBeInstanceOf(CompactedError);
    expect(await of().get('a')).toMatchObject({ createRevision: 1, modRevision: 3 });
  });

  it('ends a watch that would begin before it, and serves one that begins at it', async () => {
    await of().compact(4);
    const old = record(of(), '', 3);
    const fresh = record(of(), '', 4);
    await until(() => old.errors.length === 1 && fresh.lines.length === 1);
    expect(old.errors[0]).toBeInstanceOf(CompactedError);
    expect(old.lines).toEqual([]);
    await put(of(), 'a', '3');
    await until(() => fresh.lines.length === 2);
    expect(fresh.lines).toEqual(['5 put c=1', '6 put a=3 was 2']);
  });

  it('keeps the revision when everything was compacted', async () => {
    await remove(of(), 'a');
    await remove(of(), 'c');
    await of().compact(7);
    expect(await of().currentRevision()).toBe(7);
    expect(await put(of(), 'z', '1')).toBe(8);
    expect(await shown(of(), '')).toBe('z=1');
  });

  it('does nothing for a revision that is compacted already, and refuses a future one', async () => {
    await of().compact(4);
    await of().compact(2);
    expect(await of().compactedRevision()).toBe(4);
    await expect(of().compact(99)).rejects.toBeInstanceOf(FutureRevisionError);
  });
}
