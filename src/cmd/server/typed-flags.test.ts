import { expect, it } from 'vitest';
import { booleanFlag, durationFlag, numberFlag } from './typed-flags.ts';

it('reads what Go reads', () => {
  expect(numberFlag({ '--api-threads': '3' }, '--api-threads')).toBe(3);
  expect(booleanFlag({ '--anonymous-auth': 'False' }, '--anonymous-auth')).toBe(false);
  expect(booleanFlag({ '--anonymous-auth': '1' }, '--anonymous-auth')).toBe(true);
  expect(durationFlag({ '--request-timeout': '1m30s' }, '--request-timeout')).toBe(90_000);
  expect([numberFlag, booleanFlag].map((read) => read({}, '--api-threads'))).toEqual([
    undefined,
    undefined,
  ]);
});

it.each([
  [() => numberFlag({ '--api-threads': 'two' }, '--api-threads'), 'strconv.ParseInt'],
  [() => booleanFlag({ '--anonymous-auth': 'no' }, '--anonymous-auth'), 'strconv.ParseBool'],
])('refuses what Go refuses, with its words and the name of the flag', (read, words) => {
  expect(read).toThrow(words);
  expect(read).toThrow(/^invalid argument "\w+" for "--[\w-]+" flag: /);
});
