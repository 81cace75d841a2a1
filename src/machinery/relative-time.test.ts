import { describe, expect, it } from 'vitest';
import { relativeAge, relativeDuration } from './relative-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('relativeDuration', () => {
  it.each([
    [400, 'Less than a second'],
    [1000, '1 second'],
    [45_000, '45 seconds'],
    [MINUTE, 'About a minute'],
    [46 * MINUTE, '46 minutes'],
    [HOUR, 'About an hour'],
    [3 * HOUR, '3 hours'],
    [3 * DAY, '3 days'],
    [15 * DAY, '2 weeks'],
    [90 * DAY, '3 months'],
    [1100 * DAY, '3 years'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(relativeDuration(ms)).toBe(text);
  });

  it('tells the age of a timestamp', () => {
    const now = new Date('2026-11-22T13:00:08Z');
    expect(relativeAge('2026-11-22T13:00:00Z', now)).toBe('8 seconds ago');
    expect(relativeAge(undefined, now)).toBe('<unknown>');
  });
});
