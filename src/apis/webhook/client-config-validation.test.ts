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

it.each([
  [
    'https://a:b',
    'Required value: url must be a valid URL: parse "https://a:b": invalid port ":b" after host',
  ],
  [
    'https://a b',
    'Required value: url must be a valid URL: parse "https://a b": invalid character " " in host name',
  ],
  ['https:///x', 'Invalid value: "": host must be specified'],
  ['//a', 'Invalid value: "": \'https\' is the only allowed URL scheme'],
])('%s is no URL of a webhook', (url, text) => {
  expect(webhookUrlErrors(url, 'url').map(({ body }) => body)).toEqual([
    `${text}; desired format: https://host[/path]`,
  ]);
});

it('a port may be any number', () => {
  expect(webhookUrlErrors('https://a:99999/x', 'url')).toEqual([]);
});
