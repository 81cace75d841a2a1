import { describe, expect, it } from 'vitest';
import { acceptClauses } from './accept-header.ts';

const typesOf = (header: string) =>
  acceptClauses(header).map(({ type, subtype }) => `${type}/${subtype}`);

describe('an Accept header', () => {
  it.each([
    ['a/b,c/d', ['a/b', 'c/d']],
    ['a/b;q=0.1, c/d', ['c/d', 'a/b']],
    ['a/b;q=0.1,c/d;q=0.9,e/f;q=0.5', ['c/d', 'e/f', 'a/b']],
    ['*/*,a/*,a/b', ['a/b', 'a/*', '*/*']],
    ['*', ['*/*']],
    ['*/*;q=1,a/b;q=0.1', ['a/b', '*/*']],
    ['a/b;q=x,c/d;q=0.001', ['c/d', 'a/b']],
    ['a,b/,c/d/e, ,f/g', ['f/g']],
    ['', []],
  ])('%s is taken as %j', (header, types) => {
    expect(typesOf(header)).toEqual(types);
  });

  it('keeps the parameters of its types, but for weights and what has no value', () => {
    const [clause] = acceptClauses('a/b; as=Table;v= v1 ;q=0.5;x;y=;z=1=2');
    expect(clause?.parameters).toEqual({ as: 'Table', v: 'v1' });
  });
});
