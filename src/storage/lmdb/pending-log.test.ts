import { describe, expect, it } from 'vitest';
import type { StoredValue } from '../store.ts';
import { type PendingChange, PendingLog } from './pending-log.ts';

function version(key: string, modRevision: number): StoredValue {
  return { key, value: Buffer.from(String(modRevision)), createRevision: 1, modRevision };
}

function put(key: string, revision: number, previous?: number): PendingChange {
  const before = previous === undefined ? undefined : version(key, previous);
  return {
    event: { type: 'put', current: version(key, revision), previous: before },
    bytes: Buffer.alloc(0),
  };
}

/** After revision 10: `a` changed at 11 and 13, `b` made at 12. */
function example(): PendingLog {
  const log = new PendingLog(10);
  log.add(put('a', 11, 4));
  log.add(put('b', 12));
  log.add(put('a', 13, 11));
  return log;
}

const at = (log: PendingLog, key: string, revision: number) => {
  const found = log.find(key, revision);
  return found && (found.value?.modRevision ?? 'absent');
};

describe('PendingLog', () => {
  it.each([
    ['a', 10, 4],
    ['a', 11, 11],
    ['a', 12, 11],
    ['a', 13, 13],
    ['b', 11, 'absent'],
    ['b', 12, 12],
    ['c', 13, undefined],
  ])('knows what %s was at %i', (key, revision, expected) => {
    expect(at(example(), key, revision)).toBe(expected);
  });

  it.each([
    [9, 0],
    [10, 0],
    [12, 2],
    [13, 3],
  ])('has the changes up to %i', (revision, count) => {
    expect(example().upTo(revision)).toHaveLength(count);
    expect(example().upTo(revision, 1)).toHaveLength(Math.min(count, 1));
  });

  it('forgets what the tables have', () => {
    const log = example();
    log.drop(12);
    expect([log.base, log.newest]).toEqual([12, 13]);
    expect([at(log, 'b', 13), at(log, 'a', 13), at(log, 'a', 12)]).toEqual([undefined, 13, 11]);
    expect(log.at(12)).toBeUndefined();
    log.drop(20);
    expect([log.base, log.newest, at(log, 'a', 20)]).toEqual([20, 20, undefined]);
  });

  it('takes back what did not happen', () => {
    const log = example();
    log.undo(11);
    expect([log.newest, at(log, 'a', 11), at(log, 'b', 11)]).toEqual([11, 11, undefined]);
    log.add(put('a', 12, 11));
    expect([at(log, 'a', 12), at(log, 'a', 11)]).toEqual([12, 11]);
    log.undo(10);
    expect(at(log, 'a', 10)).toBeUndefined();
  });

  it('finds what came after somebody looked, and nothing of what is gone', () => {
    const log = example();
    expect(at(log, 'a', 13)).toBe(13);
    log.add(put('a', 14, 13));
    log.add(put('c', 15));
    log.drop(14);
    expect(at(log, 'a', 15)).toBeUndefined();
    log.add(put('a', 16, 14));
    expect(at(log, 'c', 16)).toBe(15);
    expect(at(log, 'a', 15)).toBe(14);
    log.undo(15);
    expect(at(log, 'a', 15)).toBeUndefined();
    log.add(put('c', 16, 15));
    expect(at(log, 'c', 16)).toBe(16);
    expect(at(log, 'c', 15)).toBe(15);
  });
});
