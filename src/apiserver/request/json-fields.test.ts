import { describe, expect, it } from 'vitest';
import { checkDepth, MAX_DEPTH, strictFindings } from './json-fields.ts';

describe('strictFindings', () => {
  it.each([
    ['{}', []],
    ['[1, "a", null, true]', []],
    ['{"a":1,"b":{"a":2}}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":1,"c":[{"d":1,"d":2}],"b":2}}', ['a.c[0].d', 'a.b']],
    [String.raw`{"q":"\\\"","x":"a\\","x":"{\"y\":1,\"y\":2}"}`, ['x']],
    [String.raw`{"\u0061":1,"a":2}`, ['a']],
    [' { "a" : [ ] , "b" : { } , "b" : -1.5e3 } ', ['b']],
  ])('%s', (text, expected) => {
    JSON.parse(text);
    expect(strictFindings(text)).toEqual(expected.map((path) => `duplicate field "${path}"`));
  });

  it('tells unknown fields and duplicates in the order of the text', () => {
    const text = '{"metadata":{"zz":1,"name":"a","name":"b"},"yy":{"a":1},"data":{"a":1,"a":2}}';
    expect(strictFindings(text, ['yy', 'metadata.zz'])).toEqual([
      'unknown field "metadata.zz"',
      'duplicate field "metadata.name"',
      'unknown field "yy"',
      'duplicate field "data.a"',
    ]);
  });
});

describe('checkDepth', () => {
  it('refuses what nests too deep, and does not count brackets in strings', () => {
    expect(() => checkDepth('['.repeat(MAX_DEPTH))).not.toThrow();
    expect(() => checkDepth('['.repeat(MAX_DEPTH + 1))).toThrow('exceeded max depth');
    expect(() => checkDepth(JSON.stringify('[{'.repeat(MAX_DEPTH)))).not.toThrow();
  });
});
