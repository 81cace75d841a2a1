import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { bytes, put, remove, text } from './short-calls.ts';

/** writes is the part of the contract about single writes: revisions, compare-and-set, deletes. */
export function writes(of: () => Store): void {
  it('begins empty at revision 0', async () => {
    expect(await of().currentRevision()).toBe(0);
    expect(await of().compactedRevision()).toBe(0);
    expect(await of().get('a')).toBeUndefined();
    expect(await of().list('')).toEqual({ revision: 0, items: [], more: false, remainingCount: 0 });
  });

  it('gives every write the next revision and keeps the create revision', async () => {
    expect(await put(of(), 'a', '1')).toBe(1);
    expect(await put(of(), 'b', '1')).toBe(2);
    expect(await put(of(), 'a', '2')).toBe(3);
    const value = await of().get('a');
    expect(value && text(value.value)).toBe('2');
    expect(value).toMatchObject({ key: 'a', createRevision: 1, modRevision: 3 });
    expect(await of().currentRevision()).toBe(3);
  });

  it('refuses a write whose expected revision is not the current one', async () => {
    await put(of(), 'a', '1');
    const again = await of().write({ key: 'a', value: bytes('x'), expectedModRevision: 0 });
    expect(again).toMatchObject({ ok: false, current: { modRevision: 1 } });
    const absent = await of().write({ key: 'b', value: bytes('x'), expectedModRevision: 7 });
    expect(absent).toEqual({ ok: false, current: undefined });
    expect(await of().currentRevision()).toBe(1);
  });

  it('refuses to delete what is not there', async () => {
    const result = await of().write({ key: 'a', value: null, expectedModRevision: 0 });
    expect(result).toEqual({ ok: false, current: undefined });
  });

  it('deletes at a revision of its own and begins a new life after it', async () => {
    await put(of(), 'a', '1');
    expect(await remove(of(), 'a')).toBe(2);
    expect(await of().get('a')).toBeUndefined();
    await put(of(), 'a', '2');
    expect(await of().get('a')).toMatchObject({ createRevision: 3, modRevision: 3 });
  });

  it('lets exactly one of many concurrent writers win', async () => {
    const tries = Array.from({ length: 20 }, (_, i) =>
      of().write({ key: 'a', value: bytes(String(i)), expectedModRevision: 0 }),
    );
    const results = await Promise.all(tries);
    expect(results.filter((one) => one.ok)).toHaveLength(1);
    for (const one of results) if (!one.ok) expect(one.current?.modRevision).toBe(1);
    expect(await of().currentRevision()).toBe(1);
  });

  it('keeps binary values and an empty one as they are', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, i) => i);
    await of().write({ key: 'a', value, expectedModRevision: 0 });
    await of().write({ key: 'b', value: new Uint8Array(0), expectedModRevision: 0 });
    expect([...((await of().get('a'))?.value ?? [])]).toEqual([...value]);
    expect((await of().get('b'))?.value).toHaveLength(0);
  });
}
