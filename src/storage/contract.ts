import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CompactedError,
  FutureRevisionError,
  type Store,
  StoreClosedError,
  type StoreEvent,
  type StoreWatch,
} from './store.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** bytes is the UTF-8 form of a text. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** text is the inverse of bytes. */
export function text(value: Uint8Array): string {
  return decoder.decode(value);
}

interface Recorded {
  readonly lines: string[];
  readonly errors: Error[];
  readonly revisions: number[];
  readonly watch: StoreWatch;
}

function show(event: StoreEvent): string {
  if (event.type === 'delete') {
    return `${event.revision} delete ${event.key} was ${text(event.previous.value)}`;
  }
  const { current, previous } = event;
  const was = previous ? ` was ${text(previous.value)}` : '';
  return `${current.modRevision} put ${current.key}=${text(current.value)}${was}`;
}

function record(store: Store, prefix: string, after: number): Recorded {
  const lines: string[] = [];
  const errors: Error[] = [];
  const revisions: number[] = [];
  const watch = store.watch(prefix, after, {
    onEvents: (events, revision) => {
      lines.push(...events.map(show));
      revisions.push(revision);
    },
    onError: (error) => errors.push(error),
  });
  return { lines, errors, revisions, watch };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(condition()).toBe(true);
}

async function put(store: Store, key: string, value: string): Promise<number> {
  const expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const result = await store.write({ key, value: bytes(value), expectedModRevision });
  if (!result.ok) throw new Error(`put ${key} lost`);
  return result.revision;
}

async function remove(store: Store, key: string): Promise<number> {
  const expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const result = await store.write({ key, value: null, expectedModRevision });
  if (!result.ok) throw new Error(`delete ${key} lost`);
  return result.revision;
}

async function shown(store: Store, prefix: string, revision?: number): Promise<string> {
  const list = await store.list(prefix, revision === undefined ? {} : { revision });
  return list.items.map((one) => `${one.key}=${text(one.value)}`).join(' ');
}

/**
 * storeContract is the suite that every Store passes. `open` makes an empty store; it is closed
 * after each test.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    describe('writes', () => writes(() => store));
    describe('lists', () => lists(() => store));
    describe('long keys', () => longKeys(() => store));
    describe('watches', () => watches(() => store));
    describe('compaction', () => compaction(() => store));
    describe('closing', () => closing(() => store));
  });
}

function writes(of: () => Store): void {
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

  it('keeps binary values and an empty one as they are', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, i) => i);
    await of().write({ key: 'a', value, expectedModRevision: 0 });
    await of().write({ key: 'b', value: new Uint8Array(0), expectedModRevision: 0 });
    expect([...((await of().get('a'))?.value ?? [])]).toEqual([...value]);
    expect((await of().get('b'))?.value).toHaveLength(0);
  });
}

function lists(of: () => Store): void {
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

function longKeys(of: () => Store): void {
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

function watches(of: () => Store): void {
  it('reports the history after a revision, then what comes', async () => {
    await put(of(), 'p/a', '1');
    await put(of(), 'p/a', '2');
    await put(of(), 'q/a', '1');
    const seen = record(of(), 'p/', 1);
    await until(() => seen.lines.length === 1);
    await remove(of(), 'p/a');
    await put(of(), 'q/b', '1');
    await put(of(), 'p/c', '1');
    await until(() => seen.lines.length === 3);
    expect(seen.lines).toEqual(['2 put p/a=2 was 1', '4 delete p/a was 2', '6 put p/c=1']);
  });

  it('tells how far it has seen even when nothing of the prefix changed', async () => {
    const seen = record(of(), 'p/', 0);
    await put(of(), 'q/a', '1');
    await put(of(), 'q/b', '1');
    await until(() => seen.revisions.at(-1) === 2);
    expect(seen.lines).toEqual([]);
  });

  it('loses and repeats nothing when it begins amid writes, and with a long history', async () => {
    const watched = [];
    const all = [];
    for (let i = 0; i < 1200; i += 1) {
      all.push(put(of(), `k/${i}`, '1'));
      if (i % 100 === 0) {
        await Promise.all(all);
        watched.push(record(of(), 'k/', 0));
      }
    }
    await Promise.all(all);
    for (const seen of watched) {
      await until(() => seen.lines.length >= 1200);
      const revisions = seen.lines.map((line) => Number(line.split(' ')[0]));
      expect(revisions).toEqual(Array.from({ length: 1200 }, (_, i) => i + 1));
    }
  });

  it('lets a sink write without disturbing the order of others', async () => {
    const store = of();
    store.watch('a', 0, {
      onEvents: (events) => {
        for (const one of events) {
          if (one.type === 'put' && one.current.key === 'a') void put(store, 'ab', '1');
        }
      },
      onError: () => undefined,
    });
    const seen = record(store, '', 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await put(store, 'a', '1');
    await until(() => seen.lines.length === 2);
    expect(seen.lines).toEqual(['1 put a=1', '2 put ab=1']);
  });

  it('is silent after close', async () => {
    const seen = record(of(), '', 0);
    seen.watch.close();
    seen.watch.close();
    const other = record(of(), '', 0);
    await put(of(), 'a', '1');
    await until(() => other.lines.length === 1);
    expect(seen.lines).toEqual([]);
    expect(seen.errors).toEqual([]);
  });
}

function compaction(of: () => Store): void {
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

function closing(of: () => Store): void {
  it('ends watches and refuses calls after close', async () => {
    const seen = record(of(), '', 0);
    await of().close();
    await until(() => seen.errors.length === 1);
    expect(seen.errors[0]).toBeInstanceOf(StoreClosedError);
    await expect(of().get('a')).rejects.toBeInstanceOf(StoreClosedError);
    const write = of().write({ key: 'a', value: bytes('1'), expectedModRevision: 0 });
    await expect(write).rejects.toBeInstanceOf(StoreClosedError);
    await of().close();
  });
}
