import { describe, expect, it } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['-5s', -5000],
    ['0', 0],
    ['.5s', 500],
    ['100us', 0.1],
  ])('reads %s', (text, ms) => {
    expect(parseGoDuration(text)).toEqual({ ms });
  });

  it.each([
    ['abc', 'time: invalid duration "abc"'],
    ['10', 'time: missing unit in duration "10"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1h1', 'time: missing unit in duration "1h1"'],
    ['', 'time: invalid duration ""'],
  ])('says of %j what Go says', (text, error) => {
    expect(parseGoDuration(text)).toEqual({ error });
  });
});
