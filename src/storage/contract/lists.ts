import { expect, it } from 'vitest';
import { FutureRevisionError, type Store } from '../store.ts';
import { put, remove, shown } from './short-calls.ts';

/** lists is the part of the contract about lists: order, older revisions, pages. */
export function lists(of: () => Store): void {
  it('lists a prefix in key order', async () => {
    for (const key of ['p/b', 'q/a', 'p/a', 'p', 'p/ab']) await put(of(), key, '1');
    expect(await shown(of(), 'p/')).toBe('p/a=1 p/ab=1 p/b=1');
  });

  it('reads the state as of an older revision', async () => {
    await put(of(), 'a', '1');
    await put(of(), 'b', '1');
    await put(of(), 'a', '2');
    await remove(of(), 'b');
    await put(of(), 'c', '1');
    expect(await shown(of(), '', 1)).toBe('a=1');
    expect(await shown(of(), '', 2)).toBe('a=1 b=1');
    expect(await shown(of(), '', 3)).toBe('a=2 b=1');
    expect(await shown(of(), '', 4)).toBe('a=2');
    expect(await shown(of(), '')).toBe('a=2 c=1');
  });

  it('pages consistently while others write', async () => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) await put(of(), key, '1');
    const first = await of().list('', { limit: 2 });
    expect(first).toMatchObject({ revision: 5, more: true, remainingCount: 3 });
    await remove(of(), 'c');
    await put(of(), 'bb', '1');
    const { revision } = first;
    const second = await of().list('', { limit: 2, after: 'b', revision });
    expect(second.items.map((one) => one.key)).toEqual(['c', 'd']);
    expect(second).toMatchObject({ revision: 5, more: true, remainingCount: 1 });
    const last = await of().list('', { limit: 2, after: 'd', revision });
    expect(last.items.map((one) => one.key)).toEqual(['e']);
    expect(last).toMatchObject({ more: false, remainingCount: 0 });
  });

  it('rejects a revision that was not written yet', async () => {
    await expect(of().list('', { revision: 1 })).rejects.toBeInstanceOf(FutureRevisionError);
  });
}
