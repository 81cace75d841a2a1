import { constants, PerformanceObserver } from 'node:perf_hooks';
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
  const rest = Array.from({ length: 15 }, () => [0.02, 0]).flat();
  expect(await run([0.5, ...rest])).toBe(1);
  expect(await run([0.5, ...rest, ...rest, ...rest])).toBe(1);
  expect(await run([0.5, ...rest.slice(1), 0.05, ...rest.slice(1)])).toBe(0);
  expect(await run([0.5, ...rest, 0, 0.9, ...rest])).toBe(2);
});

it('does not come where there was no work', async () => {
  expect(await run([0, 0.05, 0.14, 0.1, 0, 0, 0, 0])).toBe(0);
});

it('collects what nobody needs any more', async () => {
  vi.useRealTimers();
  let forced = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { flags = 0 } = (entry as { detail?: { flags?: number } }).detail ?? {};
      if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) forced += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const end = releaseAfterLoad(1000);
  const until = performance.now() + 1200;
  while (performance.now() < until) JSON.parse('{"a":1}');
  expect(forced).toBe(0);
  await expect.poll(() => forced, { timeout: 30_000, interval: 500 }).toBe(1);
  end();
  observer.disconnect();
});
