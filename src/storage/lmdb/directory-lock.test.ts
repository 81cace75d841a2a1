import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreLockedError } from '../store.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-lock-'));
});
afterAll(() => rm(directory, { recursive: true }));

const OPENERS = 8;

/** raced starts many openers, each some turns after the one before, and answers who has the lock. */
async function raced(round: number): Promise<DirectoryLock[]> {
  const openers = Array.from({ length: OPENERS }, async (_, i) => {
    for (let turn = (i * round) % 13; turn > 0; turn -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return lockDirectory(directory);
  });
  const won: DirectoryLock[] = [];
  for (const one of await Promise.allSettled(openers)) {
    if (one.status === 'fulfilled') won.push(one.value);
    else expect(one.reason).toBeInstanceOf(StoreLockedError);
  }
  return won;
}

describe('lockDirectory', () => {
  it('gives a stale lock to one of many who race for it, each time', async () => {
    for (let round = 0; round < 200; round += 1) {
      const stale = { pid: 4194303, startTicks: '1', bootId: 'x', nonce: `${round}` };
      await writeFile(join(directory, 'owner'), JSON.stringify(stale));
      const won = await raced(round);
      expect(won).toHaveLength(1);
      expect(await readdir(directory)).toEqual(['owner']);
      for (const one of won) await one.release();
    }
  });

  it('follows one that died while it took a lock over', async () => {
    const stale = (nonce: string) =>
      JSON.stringify({ pid: 4194303, startTicks: '1', bootId: 'x', nonce });
    await writeFile(join(directory, 'owner'), stale('first'));
    const digest = createHash('sha256').update(stale('first')).digest('hex');
    await writeFile(join(directory, `owner.next.1.${digest}`), stale('second'));
    const won = await raced(1);
    expect(won).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['owner']);
    const owner = JSON.parse(await readFile(join(directory, 'owner'), 'utf8'));
    expect(owner.pid).toBe(process.pid);
    await won[0]?.release();
    expect(await readdir(directory)).toEqual([]);
  });
});
