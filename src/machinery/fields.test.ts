import { describe, expect, it } from 'vitest';
import { exactField, matchesFields, parseFieldSelector } from './fields.ts';

describe('field selectors', () => {
  it.each([
    ['spec.nodeName=n1', { 'spec.nodeName': 'n1' }, true],
    ['spec.nodeName=', {}, true],
    ['spec.nodeName!=', {}, false],
    ['a==1,b!=2', { a: '1', b: '2' }, false],
    ['a=x\\,y\\=z', { a: 'x,y=z' }, true],
    ['', { a: '1' }, true],
    ['=', { a: '1' }, true],
    ['!=,a=2', { a: '1' }, false],
  ])('%s on %j is %s', (text, fields: Record<string, string>, expected) => {
    expect(matchesFields(parseFieldSelector(text), fields)).toBe(expected);
  });

  it.each([
    ['abc', "invalid selector: 'abc'; can't understand 'abc'"],
    ['a=b\\c', 'invalid field selector: invalid escape sequence: \\c'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message);
  });

  it('knows exact demands', () => {
    const selector = parseFieldSelector('b!=2,a=x\\,y');
    expect(exactField(selector, 'a')).toBe('x,y');
    expect(exactField(selector, 'b')).toBeUndefined();
  });
});
