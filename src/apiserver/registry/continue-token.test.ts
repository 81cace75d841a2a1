import { describe, expect, it } from 'vitest';
import { decodeContinue, encodeContinue } from './continue-token.ts';

const tokenOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const INVALID = 'invalid continue token: continue key is not valid: ';
const v = 'meta.k8s.io/v1';

describe('a continue token', () => {
  it('is read as it was written', () => {
    const token = { revision: 7, after: 'ns/name' };
    expect(decodeContinue(encodeContinue(token))).toEqual(token);
  });

  it.each([
    ['%', 'illegal base64 data at input byte 0'],
    [tokenOf(null), 'server does not recognize this encoded version '],
    [tokenOf({ v: 'v9', rv: 1, start: 'a' }), 'server does not recognize this encoded version v9'],
    [tokenOf({ v, rv: 0, start: 'a' }), `incorrect encoded start resourceVersion (version ${v})`],
    [
      tokenOf({ v, rv: 'x', start: 'a' }),
      'json: cannot unmarshal string into Go struct field continueToken.rv of type int64',
    ],
    [tokenOf({ v, rv: 1, start: '' }), `encoded start key empty (version ${v})`],
    [tokenOf({ v, rv: 1, start: '../secrets' }), '../secrets'],
    [tokenOf({ v, rv: 1, start: 'a/./b' }), 'a/./b'],
    [tokenOf({ v, rv: 1, start: 'a//b' }), 'a//b'],
  ])('%s is refused', (text, problem) => {
    expect(() => decodeContinue(text)).toThrow(INVALID + problem);
  });
});
