import { expect, it } from 'vitest';
import type { CoreAnswer } from '../request/core-request.ts';
import { testRequest } from '../testing/test-front-request.ts';
import { cors } from './cors.ts';

const ANSWER: CoreAnswer = { response: { kind: 'taken' }, warnings: [] };
const handler = cors(['^https://console\\.example\\.com$'])?.(async () => ANSWER);

it('is nothing at all where no origin is allowed', () => {
  expect(cors([])).toBeUndefined();
});

it('allows the origins that were given, and no others', async () => {
  const allowed = testRequest('/api', { headers: { origin: 'https://console.example.com' } });
  expect(await handler?.(allowed)).toBe(ANSWER);
  expect(allowed.answerHeaders).toMatchObject({
    'Access-Control-Allow-Origin': 'https://console.example.com',
    'Access-Control-Allow-Credentials': 'true',
  });
  const other = testRequest('/api', { headers: { origin: 'https://evil.example.com' } });
  expect(await handler?.(other)).toBe(ANSWER);
  expect(other.answerHeaders).not.toHaveProperty('Access-Control-Allow-Origin');
});

it('answers what a browser asks before a request, without credentials', async () => {
  const headers = { origin: 'https://console.example.com' };
  const answer = await handler?.(testRequest('/api', { method: 'OPTIONS', headers }));
  expect(answer?.response).toMatchObject({ status: 204 });
});
