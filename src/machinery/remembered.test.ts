import { describe, expect, it } from 'vitest';
import { remembered } from './remembered.ts';

describe('remembered', () => {
  it('makes a value once, also one that is undefined', () => {
    const asked: string[] = [];
    const lengthOf = remembered(8, (key: string) => {
      asked.push(key);
      return key === '' ? undefined : key.length;
    });
    expect([lengthOf('web'), lengthOf(''), lengthOf('web'), lengthOf('')]).toEqual([
      3,
      undefined,
      3,
      undefined,
    ]);
    expect(asked).toEqual(['web', '']);
  });

  it('does not remember long keys', () => {
    let made = 0;
    const next = remembered(2, (_key: string) => {
      made += 1;
      return made;
    });
    expect([next('a'), next('b'.repeat(257)), next('b'.repeat(257)), next('a')]).toEqual([
      1, 2, 3, 1,
    ]);
  });

  it('forgets all when it remembers as much as it may', () => {
    let made = 0;
    const next = remembered(2, (_key: string) => {
      made += 1;
      return made;
    });
    expect([next('a'), next('b'), next('c'), next('c'), next('a')]).toEqual([1, 2, 3, 3, 4]);
  });
});
