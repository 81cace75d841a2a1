import { beforeEach, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { bytes, remove, text } from './short-calls.ts';

/** LENGTHS are around what tables may have of a key, and what the length of a key is written as. */
const LENGTHS = [1, 599, 600, 601, 700, 1978, 1979, 5000, 66_000];

/** manyKeys differ at their ends, and before. */
const manyKeys = () =>
  ['p/', 'q/', 'q/é'].flatMap((start) =>
    LENGTHS.flatMap((length) => ['', 'c', 'a', 'b'].map((end) => start + 'x'.repeat(length) + end)),
  );

/** allPages lists a prefix page by page, each with the right number of keys behind it. */
async function allPages(
  store: Store,
  prefix: string,
  options: { limit: number; revision: number },
) {
  const keys: string[] = [];
  for (let more = true; more; ) {
    const after = keys.at(-1);
    const page = await store.list(prefix, { ...options, ...(after !== undefined && { after }) });
    keys.push(...page.items.map((one) => one.key));
    more = page.more;
    expect(page.items.length).toBeLessThanOrEqual(options.limit);
    if (more) expect(page.remainingCount).toBeGreaterThan(0);
    else expect(page.remainingCount).toBe(0);
  }
  return keys;
}

/** longKeys is the part of the contract about keys that are longer than tables may have them. */
export function longKeys(of: () => Store): void {
  const sortedKeys = [...new Set(manyKeys())].sort();

  beforeEach(async () => {
    await Promise.all(
      manyKeys().map((key) => of().write({ key, value: bytes(key), expectedModRevision: 0 })),
    );
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('are found, listed in order and deleted %s they are in the tables', async (_, compacted) => {
    const revision = await of().currentRevision();
    if (compacted) await of().compact(revision);
    for (const key of sortedKeys) expect(text((await of().get(key))?.value ?? bytes(''))).toBe(key);
    expect(await of().get(`p/${'x'.repeat(4000)}`)).toBeUndefined();
    for (const prefix of [
      '',
      'p/',
      'p/xx',
      `q/${'x'.repeat(650)}`,
      `q/${'x'.repeat(5000)}a`,
      `q/${'y'.repeat(5000)}`,
    ]) {
      const wanted = sortedKeys.filter((key) => key.startsWith(prefix));
      for (const limit of [3, 7]) {
        expect(await allPages(of(), prefix, { limit, revision })).toEqual(wanted);
      }
    }
    for (const after of [...sortedKeys, `p/${'x'.repeat(3000)}`, `p/${'w'.repeat(3000)}`]) {
      const page = await of().list('p/', { after, limit: 1 });
      const wanted = sortedKeys.filter((key) => key.startsWith('p/') && key > after);
      expect(page.items[0]?.key).toBe(wanted[0]);
      expect(page.remainingCount).toBe(Math.max(0, wanted.length - 1));
    }
    for (const key of sortedKeys.slice(3)) await remove(of(), key);
    if (compacted) await of().compact(revision + 1);
    expect(await allPages(of(), '', { limit: 5, revision: revision + 1 })).toEqual(
      sortedKeys.filter((_, index) => index !== 3),
    );
    expect((await of().list('')).items.map((one) => one.key)).toEqual(sortedKeys.slice(0, 3));
  });
}
