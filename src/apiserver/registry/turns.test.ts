import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** slowly is work that says when it begins and ends, with the end in the caller's hand. */
function slowly(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { work, end };
}

const idle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('gives the turns of one key in the order of the calls', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a, b, c] = [slowly(log, 'a'), slowly(log, 'b'), slowly(log, 'c')];
    const all = Promise.all([a, b, c].map(({ work }) => turns.take('key', work)));
    c.end();
    b.end();
    await idle();
    expect(log).toEqual(['a begins']);
    a.end();
    expect(await all).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets different keys go at the same time', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a, b] = [slowly(log, 'a'), slowly(log, 'b')];
    const all = Promise.all([turns.take('one', a.work), turns.take('two', b.work)]);
    await idle();
    expect(log).toEqual(['a begins', 'b begins']);
    a.end();
    b.end();
    await all;
  });

  it('gives the turn on when work fails', async () => {
    const turns = new Turns();
    const failing = turns.take('key', async () => {
      throw new Error('broken');
    });
    const next = turns.take('key', async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});
