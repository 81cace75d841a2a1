import { describe, expect, it } from 'vitest';
import { ElsewhereError } from './elsewhere.ts';
import { FrontTurns } from './front-turns.ts';

describe('FrontTurns', () => {
  it('carries out updates that nobody disputes', async () => {
    const turns = new FrontTurns(() => 0);
    expect(await turns.take('a', async () => 1)).toBe(1);
    expect(await turns.take('a', async () => 2)).toBe(2);
    await expect(
      turns.take('a', async () => {
        throw new Error('invalid');
      }),
    ).rejects.toThrow('invalid');
    expect(await turns.take('a', async () => 3)).toBe(3);
  });

  it('sends on who would change an object at the same time, and those who follow for a while', async () => {
    let now = 0;
    const turns = new FrontTurns(() => now);
    let end: (value: string) => void = () => undefined;
    const first = turns.take('a', () => new Promise<string>((resolve) => (end = resolve)));
    const unwanted = async () => expect.unreachable();
    await expect(turns.take('a', unwanted)).rejects.toBeInstanceOf(ElsewhereError);
    expect(await turns.take('b', async () => 'of another object')).toBe('of another object');
    end('done');
    expect(await first).toBe('done');
    now = 999;
    await expect(turns.take('a', unwanted)).rejects.toBeInstanceOf(ElsewhereError);
    now = 1000;
    expect(await turns.take('a', async () => 'here again')).toBe('here again');
  });

  it('sends on those who come after a lost race', async () => {
    const turns = new FrontTurns(() => 0);
    const lost = new ElsewhereError('lost');
    await expect(turns.take('a', () => Promise.reject(lost))).rejects.toBe(lost);
    await expect(turns.take('a', async () => 1)).rejects.toBeInstanceOf(ElsewhereError);
  });

  it('remembers a bounded number of objects', async () => {
    const turns = new FrontTurns(() => 0);
    const lost = new ElsewhereError('lost');
    for (let index = 0; index <= 1000; index += 1) {
      await turns.take(`key-${index}`, () => Promise.reject(lost)).catch(() => undefined);
    }
    expect(await turns.take('key-0', async () => 'forgotten')).toBe('forgotten');
    await expect(turns.take('key-1', async () => 1)).rejects.toBeInstanceOf(ElsewhereError);
  });
});
