import { describe, expect, it } from 'vitest';
import { newFakeClock } from './fake/fake-clock.ts';
import { WorkQueue } from './work-queue.ts';

describe('WorkQueue', () => {
  it('hands out a key once however often it was added', async () => {
    const queue = new WorkQueue(newFakeClock());
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect([await queue.take(), await queue.take(), queue.length]).toEqual(['a', 'b', 0]);
  });

  it('keeps a key back while it is processed, and hands it out once more after', async () => {
    const queue = new WorkQueue(newFakeClock());
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
    queue.done('a');
    expect(queue.idle).toBe(true);
  });

  it('doubles the delay of a key with every failure up to 1,000 seconds', async () => {
    const clock = newFakeClock();
    const queue = new WorkQueue(clock);
    const delays: number[] = [];
    for (let failures = 0; failures < 20; failures += 1) {
      queue.addRateLimited('a');
      const [delay = 0] = clock.pending();
      delays.push(delay);
      await clock.advance(delay);
      queue.done((await queue.take()) ?? '');
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(1_000_000);
  });

  it('waits for the soonest of several timers and starts anew after forget', async () => {
    const clock = newFakeClock();
    const queue = new WorkQueue(clock);
    queue.addAfter('a', 1000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    expect(clock.pending()).toEqual([100]);
    await clock.advance(100);
    expect(queue.length).toBe(1);
    queue.addRateLimited('b');
    queue.addRateLimited('b');
    queue.forget('b');
    expect(queue.failures('b')).toBe(0);
  });

  it.each([86_400_000, -86_400_000])(
    'takes the soonest timer also when the time of day is set by %i ms',
    async (ms) => {
      const clock = newFakeClock();
      const queue = new WorkQueue(clock);
      queue.addAfter('a', 1000);
      clock.jump(ms);
      queue.addAfter('a', 100);
      clock.jump(-2 * ms);
      queue.addAfter('a', 500);
      expect(clock.pending()).toEqual([100]);
    },
  );

  it('releases those who wait when it is stopped', async () => {
    const clock = newFakeClock();
    const queue = new WorkQueue(clock);
    const taken = queue.take();
    queue.addAfter('a', 10);
    queue.stop();
    expect(await taken).toBeUndefined();
    expect(clock.pending()).toEqual([]);
    queue.add('b');
    expect(await queue.take()).toBeUndefined();
  });

  it('tells its meter what becomes of keys, and which are being processed', async () => {
    const told: string[] = [];
    const queue = new WorkQueue(newFakeClock());
    queue.meterBy({
      added: () => told.push('added'),
      retried: () => told.push('retried'),
      taken: (ms) => told.push(ms >= 0 ? 'taken' : 'taken before it was added'),
      done: (ms) => told.push(ms >= 0 ? 'done' : 'done before it was taken'),
    });
    queue.add('a');
    queue.add('a');
    await queue.take();
    expect([...queue.runningSince()]).toHaveLength(1);
    queue.addRateLimited('a');
    queue.done('a');
    expect([...queue.runningSince()]).toEqual([]);
    expect(told).toEqual(['added', 'taken', 'retried', 'done']);
  });
});
