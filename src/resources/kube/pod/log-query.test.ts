import { describe, expect, it } from 'vitest';
import { logQuery } from './log-query.ts';

describe('the query of logs', () => {
  it.each([
    ['stream=', 'PodLogOptions "a" is invalid: stream: Forbidden: may not be specified'],
    ['stream=Stdout', 'PodLogOptions "a" is invalid: stream: Forbidden: may not be specified'],
    ['tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      'limitBytes=0',
      'PodLogOptions "a" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    ],
  ])('%s is refused', (query, text) => {
    expect(() => logQuery('a', new URLSearchParams(query))).toThrow(text);
  });

  it('is taken as it is where nothing is wrong with it', () => {
    const query = new URLSearchParams('container=c&tailLines=0&sinceSeconds=1');
    expect(logQuery('a', query)).toBe(query);
  });
});
