import { describe, expect, it } from 'vitest';
import { nextTurn, Steps } from './steps.ts';

describe('nextTurn', () => {
  it('goes on with one of those who wait in each turn of the event loop, in their order', async () => {
    const order: string[] = [];
    const turn = () => setImmediate(() => order.push('turn'));
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      await nextTurn();
      order.push(name);
      turn();
    });
    await Promise.all(waiting);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order.join(' ')).toBe('a b turn c turn turn');
  });
});

describe('Steps', () => {
  it('pauses after so many bytes, and not before', async () => {
    const steps = new Steps(() => 0);
    const pauses = Array.from({ length: 4 }, () => steps.done(200 * 1024));
    expect(pauses.slice(0, 2)).toEqual([undefined, undefined]);
    expect(pauses[2]).toBeInstanceOf(Promise);
    await Promise.all(pauses);
    expect(steps.done(1)).toBeUndefined();
  });

  it('pauses when small things have taken long', async () => {
    let nowMs = 0;
    const steps = new Steps(() => nowMs);
    nowMs = 7;
    expect(steps.done(1)).toBeUndefined();
    nowMs = 8;
    const pause = steps.done(1);
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    expect(steps.done(1)).toBeUndefined();
  });
});
