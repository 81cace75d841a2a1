import { describe, expect, it } from 'vitest';
import { CrashBackOff } from './crash-back-off.ts';

describe('CrashBackOff', () => {
  it('makes the first repetition free and doubles the wait up to five minutes', () => {
    const backOff = new CrashBackOff();
    const waits: number[] = [];
    let now = 0;
    expect(backOff.waitUntilMs('a', now, now)).toBeUndefined();
    for (let round = 0; round < 7; round += 1) {
      backOff.next('a', now, now);
      const until = backOff.waitUntilMs('a', now, now) ?? 0;
      waits.push(until - now);
      now = until;
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('does not wait for an end that is yet to come: the clock was set back', () => {
    const backOff = new CrashBackOff();
    const [day, hour] = [86_400_000, 3_600_000];
    backOff.next('a', day, day);
    expect(backOff.waitUntilMs('a', day, day + 1)).toBe(day + 10_000);
    expect(backOff.waitUntilMs('a', day, day - hour)).toBeUndefined();
  });

  it('begins anew after ten quiet minutes', () => {
    const backOff = new CrashBackOff();
    backOff.next('a', 0, 0);
    backOff.next('a', 0, 0);
    expect(backOff.waitUntilMs('a', 600_001, 600_001)).toBeUndefined();
    backOff.next('a', 600_001, 600_001);
    expect(backOff.delayMs('a')).toBe(10_000);
  });

  it('forgets keys that are not tried any more', () => {
    const backOff = new CrashBackOff();
    backOff.next('a', 0, 0);
    backOff.next('b', 600_000, 600_000);
    backOff.next('c', 900_001, 900_001);
    expect(['a', 'b', 'c'].map((key) => backOff.delayMs(key))).toEqual([0, 10_000, 10_000]);
  });

  it('keeps keys apart', () => {
    const backOff = new CrashBackOff();
    backOff.next('a', 0, 0);
    expect(backOff.waitUntilMs('b', 0, 0)).toBeUndefined();
  });
});
