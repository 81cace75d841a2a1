import { expect, it } from 'vitest';
import { webhookUrlErrors } from './client-config-validation.ts';

it.each([
  ['https://x/%zz', '%zz'],
  ['https://x/a%2', '%2'],
  ['https://x/#%', '%'],
])('a URL with a wrong escape is none: %s', (url, wrong) => {
  expect(webhookUrlErrors(url, 'url')[0]?.body).toBe(
    `Required value: url must be a valid URL: parse "${url}": invalid URL escape "${wrong}"; desired format: https://host[/path]`,
  );
});

it('escapes may be in a URL', () => {
  expect(webhookUrlErrors('https://x/%41', 'url')).toEqual([]);
});
