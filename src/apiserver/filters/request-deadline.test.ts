import { describe, expect, it } from 'vitest';
import { isStatusError } from '../../machinery/status-error.ts';
import type { CoreAnswer } from '../request/core-request.ts';
import { testRequest } from '../testing/test-front-request.ts';
import { deadlineOf, requestDeadline } from './request-deadline.ts';

const ANSWER: CoreAnswer = { response: { kind: 'taken' }, warnings: [] };

describe('deadlineOf', () => {
  it.each([
    ['', 60_000],
    ['timeout=10s', 10_000],
    ['timeout=0s', 60_000],
    ['timeout=-5s', 60_000],
    ['timeout=1h', 60_000],
  ])('of %j is %d ms', (query, ms) => {
    expect(deadlineOf(new URLSearchParams(query), 60_000)).toBe(ms);
  });

  it('refuses what is no duration', () => {
    expect(() => deadlineOf(new URLSearchParams('timeout=abc'), 1)).toThrow(
      'invalid timeout specified in the request URL - time: invalid duration "abc"',
    );
  });
});

describe('requestDeadline', () => {
  it('answers 504 and calls off the signal of a request that takes too long', async () => {
    const request = testRequest('/api/v1/pods?timeout=5ms');
    const slow = requestDeadline(60_000)(() => new Promise(() => undefined));
    const failure = await slow(request).catch((error: unknown) => error);
    expect(isStatusError(failure, 'Timeout')).toBe(true);
    expect(failure).toMatchObject({
      code: 504,
      message: 'Timeout: request did not complete within the allotted timeout',
    });
    expect(request.signal.aborted).toBe(true);
  });

  it('leaves long-running requests and fast ones alone', async () => {
    const filter = requestDeadline(1)(async () => ANSWER);
    expect(await filter(testRequest('/api/v1/pods?watch=1&timeout=abc'))).toBe(ANSWER);
    expect(await filter(testRequest('/api/v1/pods'))).toBe(ANSWER);
  });
});
