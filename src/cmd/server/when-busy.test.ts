import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loopLoad, whenBusy } from './when-busy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** run samples the given shares, one after another, and tells whether that counted as busy. */
async function run(shares: readonly number[]): Promise<boolean> {
  const left = [...shares];
  const abort = new AbortController();
  let isBusy = false;
  const waiting = whenBusy({ share: () => left.shift() ?? 0 }, abort.signal).then(() => {
    isBusy = true;
  });
  await vi.advanceTimersByTimeAsync(shares.length * 500);
  abort.abort(new Error('enough'));
  await waiting.catch(() => undefined);
  return isBusy;
}

it('is busy after two seconds of work on end, and not after a burst', async () => {
  expect(await run([0.9, 0.9, 0.8, 1])).toBe(true);
  expect(await run([0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9])).toBe(false);
  expect(await run([0.5, 0.6, 0.7, 0.6, 0.5])).toBe(false);
});

it('ends with the signal', async () => {
  const abort = new AbortController();
  const waiting = whenBusy({ share: () => 0 }, abort.signal);
  abort.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
});

it('measures this loop', () => {
  vi.useRealTimers();
  const load = loopLoad();
  expect(load.share()).toBeGreaterThanOrEqual(0);
  expect(load.share()).toBeLessThanOrEqual(1);
});
