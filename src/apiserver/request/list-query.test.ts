import { describe, expect, it } from 'vitest';
import { checkListQuery, integer, parseListQuery } from './list-query.ts';

const query = (text: string) => new URLSearchParams(text);

describe('an integer of a query', () => {
  it.each([
    ['', 'parsing "": invalid syntax'],
    ['1.5', 'parsing "1.5": invalid syntax'],
    ['99999999999999999999', 'parsing "99999999999999999999": value out of range'],
  ])('that is "%s" is refused', (text, problem) => {
    expect(() => integer(query(`limit=${text}`), 'limit')).toThrow(`strconv.ParseInt: ${problem}`);
  });

  it('is 0 where it is absent', () => {
    expect(integer(query(''), 'limit')).toBe(0);
    expect(integer(query('limit=-7'), 'limit')).toBe(-7);
  });
});

describe('a watch', () => {
  it.each([
    ['watch=1', true, false],
    ['watch=1&resourceVersion=0', true, false],
    ['watch=1&resourceVersion=5', false, false],
    ['watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan', false, true],
    ['watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan', true, false],
  ])('%s sends what there is: %s', (text, sendInitialEvents, startsEmpty) => {
    expect(parseListQuery(query(text))).toMatchObject({ sendInitialEvents, startsEmpty });
    expect(() => checkListQuery(query(text), 'watch')).not.toThrow();
  });

  it('from any version has no continuation', () => {
    expect(() => checkListQuery(query('watch=1&continue=x'), 'watch')).toThrow(
      'resourceVersionMatch is forbidden when continue is provided',
    );
    const later = query('watch=1&resourceVersion=5&continue=x');
    expect(() => checkListQuery(later, 'watch')).not.toThrow();
  });
});
