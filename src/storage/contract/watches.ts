import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { record, until } from './recorded-watch.ts';
import { put, remove } from './short-calls.ts';

/** watches is the part of the contract about watches: nothing is lost, repeated or out of order. */
export function watches(of: () => Store): void {
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
