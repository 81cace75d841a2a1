import { beforeEach, describe, expect, it } from 'vitest';
import { type FlushClock, FlushRounds } from './flush-rounds.ts';

let now = 0;
let timers: { at: number; callback: () => void }[] = [];
let busyPart = 1;

const clock: FlushClock = {
  now: () => now,
  later: (ms, callback) => timers.push({ at: now + ms, callback }),
  busyPart: () => busyPart,
};

/** runTo lets the time go to a moment and calls what is due on the way. */
function runTo(end: number): void {
  for (;;) {
    timers.sort((a, b) => a.at - b.at);
    const [next] = timers;
    if (!next || next.at > end) break;
    timers.shift();
    now = Math.max(now, next.at);
    next.callback();
  }
  now = Math.max(now, end);
}

/** watches are writers that each take `costMs` to write; they note when they did. */
function watches(count: number, costMs: number) {
  const flushedAt: number[] = [];
  const all = Array.from({ length: count }, () => ({
    flush() {
      flushedAt.push(now);
      now += costMs;
    },
  }));
  return { all, flushedAt };
}

beforeEach(() => {
  now = 0;
  timers = [];
  busyPart = 1;
});

describe('FlushRounds', () => {
  it('flushes at once what costs nothing, each only once per round', () => {
    const rounds = new FlushRounds(clock);
    const { all, flushedAt } = watches(2, 0);
    for (const one of [...all, ...all]) rounds.request(one);
    runTo(0);
    expect(flushedAt).toEqual([0, 0]);
    for (const one of all) rounds.request(one);
    runTo(0);
    expect(flushedAt).toHaveLength(4);
  });

  it('rests after a round for eight times as long as it took', () => {
    const rounds = new FlushRounds(clock);
    const { all, flushedAt } = watches(160, 0.05);
    for (const one of all) rounds.request(one);
    runTo(8.01);
    expect(flushedAt).toHaveLength(160);
    rounds.request({ flush: () => flushedAt.push(now) });
    runTo(71.9);
    expect(flushedAt).toHaveLength(160);
    runTo(72.1);
    expect(flushedAt).toHaveLength(161);
  });

  it('does not rest on when the thread has nothing else to do', () => {
    const rounds = new FlushRounds(clock);
    const { all, flushedAt } = watches(160, 0.05);
    for (const one of all) rounds.request(one);
    runTo(8.01);
    rounds.request({ flush: () => flushedAt.push(now) });
    runTo(20);
    expect(flushedAt).toHaveLength(160);
    busyPart = 0.05;
    runTo(25.1);
    expect(flushedAt).toHaveLength(161);
  });

  it('rests no longer for few watches when something held them up', () => {
    const rounds = new FlushRounds(clock);
    const { all, flushedAt } = watches(2, 4);
    for (const one of all) rounds.request(one);
    runTo(8);
    rounds.request({ flush: () => flushedAt.push(now) });
    runTo(9);
    expect(flushedAt).toEqual([0, 4, 9]);
  });

  it('lets others have a turn within a long round', () => {
    const rounds = new FlushRounds(clock);
    const { all, flushedAt } = watches(10, 4);
    for (const one of all) rounds.request(one);
    const between: number[] = [];
    clock.later(1, () => between.push(flushedAt.length));
    runTo(100);
    expect(flushedAt).toHaveLength(10);
    expect(between[0]).toBeLessThan(10);
  });

  it('joins the same frames once', () => {
    const rounds = new FlushRounds(clock);
    const [a, b, c] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
    const joined = rounds.joined([a, b]);
    expect(joined.toString()).toBe('ab');
    expect(rounds.joined([a, b])).toBe(joined);
    expect(rounds.joined([a, c]).toString()).toBe('ac');
    expect(rounds.joined([a])).toBe(a);
  });

  it('makes the same chunk of HTTP/1.1 once, its size in bytes', () => {
    const rounds = new FlushRounds(clock);
    const [a, b] = [Buffer.from('é'.repeat(8)), Buffer.from('b')];
    const chunk = rounds.chunk([a, b]);
    expect(chunk.toString()).toBe(`11\r\n${'é'.repeat(8)}b\r\n`);
    expect(rounds.chunk([a, b])).toBe(chunk);
    expect(rounds.chunk([b]).toString()).toBe('1\r\nb\r\n');
  });
});
