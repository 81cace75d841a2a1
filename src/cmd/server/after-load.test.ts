import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterLoad, releaseAfterLoad } from './after-load.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** run samples the given shares, one after another, and tells how often there was rest after work. */
async function run(shares: readonly number[]): Promise<number> {
  const left = [...shares];
  let count = 0;
  const end = afterLoad({ share: () => left.shift() ?? 0 }, () => {
    count += 1;
  });
  await vi.advanceTimersByTimeAsync(shares.length * 500);
  end();
  await vi.advanceTimersByTimeAsync(10_000);
  return count;
}

it('comes once after work, when there has been rest for a while', async () => {
  const rest = [0, 0.02, 0, 0.01, 0, 0];
  expect(await run([0.5, ...rest])).toBe(1);
  expect(await run([0.5, ...rest, ...rest, ...rest])).toBe(1);
  expect(await run([0.5, 0, 0, 0, 0, 0.05, 0, 0, 0, 0, 0])).toBe(0);
  expect(await run([0.5, ...rest, 0, 0.9, ...rest])).toBe(2);
});

it('does not come where there was no work', async () => {
  expect(await run([0, 0.05, 0.14, 0.1, 0, 0, 0, 0])).toBe(0);
});

it('collects what nobody needs any more', async () => {
  vi.useRealTimers();
  const end = releaseAfterLoad();
  const gone = new WeakRef({ much: 'x'.repeat(1000) });
  const until = performance.now() + 1200;
  while (performance.now() < until) JSON.parse('{"a":1}');
  const isGone = () => gone.deref() === undefined;
  await expect.poll(isGone, { timeout: 15_000, interval: 500 }).toBe(true);
  end();
});
