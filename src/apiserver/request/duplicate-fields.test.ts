import { describe, expect, it } from 'vitest';
import { duplicateFields } from './duplicate-fields.ts';

describe('duplicateFields', () => {
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
    expect(duplicateFields(text)).toEqual(expected);
  });
});
