import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberAt, valueEnd } from './json-members.ts';

function member(value: unknown, name: string): unknown {
  const json = Buffer.from(JSON.stringify(value));
  const at = memberAt(json, 0, name);
  return at < 0 ? undefined : JSON.parse(json.toString('utf8', at, valueEnd(json, at)));
}

describe('memberAt', () => {
  it('finds what JSON.parse finds, whatever stands around it', () => {
    const names = fc.constantFrom('labels', 'label', 'labelss', 'x', '"labels":{', '\\', 'ä', '');
    const value = fc.dictionary(names, fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(value, (object) => {
        const found = member(object, 'labels');
        expect(found).toEqual(JSON.parse(JSON.stringify(object)).labels);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it.each([
    ['a text that looks like it', { a: '"labels":{"no":1}', labels: { yes: '1' } }],
    ['nested ones', { a: { labels: 1 }, b: [{ labels: 2 }], labels: { yes: '1' } }],
    ['names that end with quotes', { 'x"labels': 1, labels: { yes: '1' } }],
    ['backslashes before quotes', { a: '\\', b: '\\"', labels: { yes: '1' } }],
  ])('is not misled by %s', (_, object) => {
    expect(member(object, 'labels')).toEqual({ yes: '1' });
  });

  it('finds nothing where there is none', () => {
    expect(member({ a: { labels: 1 } }, 'labels')).toBeUndefined();
    expect(member({}, 'labels')).toBeUndefined();
    expect(member([{ labels: 1 }], 'labels')).toBeUndefined();
  });

  it.each(['{"a":"', '{"a":{"b":1', '{ "a":1}', '{"a" :1}', '{"a'])('refuses %s', (text) => {
    expect(() => memberAt(Buffer.from(text), 0, 'labels')).toThrow(SyntaxError);
  });
});
