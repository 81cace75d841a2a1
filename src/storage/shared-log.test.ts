import { describe, expect, it } from 'vitest';
import { SharedLog } from './shared-log.ts';

const record = (revision: number, size = 10) => ({
  revision,
  bytes: Buffer.alloc(size, revision % 251),
});

function revisions(read: { readonly records: readonly { readonly revision: number }[] }): number[] {
  return read.records.map((one) => one.revision);
}

describe('SharedLog', () => {
  it('shows others what was appended since they last looked', () => {
    const log = new SharedLog();
    const other = new SharedLog(log.buffer);
    log.append([record(1), record(2)]);
    log.publish(2);
    const first = other.read(0);
    expect(revisions(first)).toEqual([1, 2]);
    expect(other.durable).toBe(2);
    log.append([record(3)]);
    const second = other.read(first.next);
    expect(second.records).toEqual([record(3)]);
    expect(other.read(second.next).records).toEqual([]);
  });

  it('keeps bytes whole when it comes round its end', () => {
    const log = new SharedLog();
    const other = new SharedLog(log.buffer);
    let place = 0;
    for (let revision = 1; revision <= 40; revision += 1) {
      log.append([record(revision, 700_000)]);
      const read = other.read(place);
      place = read.next;
      expect(revisions(read)).toEqual([revision]);
      expect(read.records[0]?.bytes.equals(record(revision, 700_000).bytes)).toBe(true);
      log.settled(revision - 1);
    }
  });

  it('begins with what may not be in the tables for a reader that was overtaken', () => {
    const log = new SharedLog();
    const other = new SharedLog(log.buffer);
    for (let revision = 1; revision <= 30; revision += 1) {
      log.append([record(revision, 1_000_000)]);
      log.settled(revision - 3);
    }
    expect(revisions(other.read(0))).toEqual([28, 29, 30]);
  });
});
