import { describe, expect, it } from 'vitest';
import { Entry } from '../cache/entry.ts';
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

  /** queuedAs is something in the queue of the store, with its end in the caller's hand. */
  function queuedAs(revision: number) {
    let settle: (isDurable: boolean) => void = () => undefined;
    const durable = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const bytes = Buffer.from('{}');
    const entry = new Entry({ namespace: 'ns', name: 'a', revision, bytes });
    return { queued: { entry, durable }, settle };
  }

  it('lets the next stand on what was queued before the work is over', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [one, two] = [queuedAs(1), queuedAs(2)];
    const [a, b] = [slowly(log, 'a'), slowly(log, 'b')];
    const all = [
      turns.take('key', (turn) => {
        turn.pass(one.queued);
        turn.pass(two.queued);
        return a.work();
      }),
      turns.take('key', (turn) => {
        log.push(`b on ${turn.queued?.entry.revision}`);
        return b.work();
      }),
      turns.take('key', async (turn) => log.push(`c on ${turn.queued?.entry.revision}`)),
    ];
    await idle();
    expect(log).toEqual(['a begins', 'b on 1', 'b begins']);
    one.settle(true);
    a.end();
    b.end();
    await Promise.all(all);
    expect(log.at(-1)).toBe('c on undefined');
  });

  it('tells those who come later what is queued still, and forgets it when that is settled', async () => {
    const turns = new Turns();
    const { queued, settle } = queuedAs(7);
    await turns.take('key', async (turn) => turn.pass(queued));
    expect(await turns.take('key', async (turn) => turn.queued)).toBe(queued);
    settle(false);
    await idle();
    expect(await turns.take('key', async (turn) => turn.queued)).toBeUndefined();
  });
});
