import { describe, expect, it } from 'vitest';
import { ageOf, formatDuration, humanDuration, parseDuration } from './duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('humanDuration', () => {
  it.each([
    [-5 * SECOND, '<invalid>'],
    [-SECOND, '0s'],
    [0, '0s'],
    [5 * SECOND, '5s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + 49 * SECOND, '2m49s'],
    [10 * MINUTE + 30 * SECOND, '10m'],
    [56 * MINUTE, '56m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [19 * HOUR, '19h'],
    [2 * DAY, '2d'],
    [2 * DAY + HOUR, '2d1h'],
    [36 * DAY, '36d'],
    [729 * DAY, '729d'],
    [730 * DAY, '2y'],
    [760 * DAY, '2y30d'],
    [3000 * DAY, '8y'],
  ])('%i ms is %s', (ms, expected) => {
    expect(humanDuration(ms)).toBe(expected);
  });

  it('knows no age of nothing', () => {
    const now = new Date('2026-01-01T00:00:10Z');
    expect(ageOf(undefined, now)).toBe('<unknown>');
    expect(ageOf('2026-01-01T00:00:05Z', now)).toBe('5s');
  });
});

describe('Go durations', () => {
  it.each([
    ['1h15m30.5s', 4_530_500],
    ['300ms', 300],
    ['-1.5h', -5_400_000],
    ['0', 0],
    ['2us', 0.002],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['abc', 'time: invalid duration "abc"'],
  ])('%s is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  it.each([
    [0, '0s'],
    [4_530_500, '1h15m30.5s'],
    [250, '250ms'],
    [60_000, '1m0s'],
    [3_600_000, '1h0m0s'],
    [1.5, '1.5ms'],
    [0.25, '250µs'],
  ])('%d ms prints %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
