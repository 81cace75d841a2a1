import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  matchesLabels,
  NOTHING,
  parseSelector,
  selectorObjectText,
  selectorOfObject,
  selectorOfSet,
  selectorText,
} from './labels.ts';

describe('parseSelector', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a!=b', {}, true],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a in (x,y),b', { a: 'y', b: '1' }, true],
    ['a notin (x, y)', { a: 'x' }, false],
    ['a notin (x)', {}, true],
    ['a in (,x)', { a: '' }, true],
    ['a in ()', { a: '' }, true],
    ['a=', { a: '' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['n > 5', { n: '10' }, true],
    ['n<5', { n: '10' }, false],
    ['n<5', { n: 'x' }, false],
    ['toString', {}, false],
    ['', { z: 'z' }, true],
  ])('%s on %j is %s', (text, labels: Record<string, string>, expected) => {
    expect(matchesLabels(parseSelector(text), labels)).toBe(expected);
  });

  it.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      '-a',
      `unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      'a=b_',
      `unable to parse requirement: values[0][a]: Invalid value: "b_": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parseSelector(text)).toThrow(message);
  });

  const key = fc.stringMatching(/^[a-z]{1,3}$/);
  const values = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{0,3}$/), { minLength: 1 });
  const requirement = fc.oneof(
    fc.tuple(key, values).map(([k, v]) => `${k} in (${v.join(',')})`),
    fc.tuple(key, values).map(([k, v]) => `${k} notin (${v.join(',')})`),
    fc.tuple(key, values).map(([k, v]) => `${k}=${v[0]}`),
    fc.tuple(key, values).map(([k, v]) => `${k}!=${v[0]}`),
    key,
    key.map((k) => `!${k}`),
  );

  it('prints what it reads to the same meaning', () => {
    fc.assert(
      fc.property(
        fc.array(requirement),
        fc.dictionary(key, fc.stringMatching(/^[a-z0-9]{0,3}$/)),
        (parts, labels) => {
          const selector = parseSelector(parts.join(','));
          const again = parseSelector(selectorText(selector));
          expect(selectorText(again)).toBe(selectorText(selector));
          expect(matchesLabels(again, labels)).toBe(matchesLabels(selector, labels));
        },
      ),
    );
  });

  it('reads any text or refuses it with a SelectorError', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab=!(), <>in\t/.-') });
    fc.assert(
      fc.property(text, (input) => {
        try {
          parseSelector(input);
        } catch (error) {
          expect((error as Error).name).toBe('SelectorError');
        }
      }),
    );
  });
});

describe('selectorOfObject', () => {
  it('joins labels and expressions', () => {
    const object = {
      matchLabels: { b: '1' },
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['y', 'x'] },
        { key: 'c', operator: 'DoesNotExist' },
      ],
    };
    expect(selectorObjectText(object)).toBe('a in (x,y),b=1,!c');
    expect(matchesLabels(selectorOfObject(object), { a: 'x', b: '1' })).toBe(true);
    expect(matchesLabels(selectorOfObject(object), { a: 'x', b: '1', c: '' })).toBe(false);
  });

  it('selects nothing when absent and everything when empty', () => {
    expect(selectorOfObject(undefined)).toBe(NOTHING);
    expect(matchesLabels(selectorOfObject(undefined), {})).toBe(false);
    expect(matchesLabels(selectorOfObject({}), { a: 'b' })).toBe(true);
    expect(selectorObjectText({})).toBe('<none>');
  });

  it('reads maps as equalities', () => {
    expect(selectorText(selectorOfSet({ b: '2', a: '1' }))).toBe('a=1,b=2');
  });
});
