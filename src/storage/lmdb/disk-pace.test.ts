import { describe, expect, it } from 'vitest';
import { DiskPace } from './disk-pace.ts';

describe('DiskPace', () => {
  let now = 0;
  const take = (ms: number) => () => {
    now += ms;
    return ms;
  };

  it('waits for a fast disk, unless there is much to write', () => {
    const pace = new DiskPace(() => now);
    for (let count = 0; count < 3; count += 1) {
      expect(pace.mayWait(4096)).toBe(true);
      expect(pace.timed(take(0.2))).toBe(0.2);
    }
    expect(pace.mayWait(1 << 20)).toBe(false);
  });

  it('waits less and less often for a slow one', () => {
    const pace = new DiskPace(() => now);
    const waits: number[] = [];
    const start = now;
    while (now < start + 10_000) {
      if (pace.mayWait(100)) waits.push(pace.timed(take(10)));
      now += 1;
    }
    const sum = waits.reduce((all, ms) => all + ms, 0);
    expect(waits.length).toBeGreaterThan(3);
    expect(sum).toBeLessThan(120);
  });

  it('forgets that the disk was slow when it is fast again', () => {
    const pace = new DiskPace(() => now);
    for (let count = 0; count < 5; count += 1) pace.timed(take(10));
    now += 60_000;
    expect(pace.mayWait(100)).toBe(true);
    pace.timed(take(0.1));
    pace.timed(take(4));
    expect(pace.mayWait(100)).toBe(false);
    now += 17;
    expect(pace.mayWait(100)).toBe(true);
  });

  it('learns from a write that failed, too', () => {
    const pace = new DiskPace(() => now);
    const fail = () => {
      now += 50;
      throw new Error('no such device');
    };
    expect(() => pace.timed(fail)).toThrow('no such device');
    expect(pace.mayWait(100)).toBe(false);
  });
});
