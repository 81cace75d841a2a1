import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTicksOf } from '../process-identity.ts';
import { StoreLockedError } from '../store.ts';

/** DirectoryLock is held until release(). A process that dies leaves it to be taken over. */
export interface DirectoryLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** When the process began, in clock ticks since boot: a pid may be used again. */
  readonly startTicks: string;
  readonly bootId: string;
}

/**
 * lockDirectory makes this process the only user of a directory; throws StoreLockedError when a
 * living process, this one included, has it. The lock is the file `owner` in the directory.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'owner');
  const draft = join(directory, `owner.${process.pid}.${process.hrtime.bigint()}`);
  const mine = JSON.stringify(holderOf(process.pid));
  await writeFile(draft, mine);
  try {
    await claim(directory, path, draft);
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

/** claim links the draft to the lock file, which succeeds for one process only. */
async function claim(directory: string, path: string, draft: string): Promise<void> {
  for (;;) {
    try {
      await link(draft, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder && isAlive(holder)) throw new StoreLockedError(directory, holder.pid);
    await discard(path, text, `${draft}.stale`);
  }
}

/** discard moves a stale lock away; one that another process has just made is put back. */
async function discard(path: string, stale: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Holder;
    return typeof value?.pid === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  const now = holderOf(holder.pid);
  return now !== undefined && now.startTicks === holder.startTicks && now.bootId === holder.bootId;
}

/** holderOf answers undefined when there is no such process. */
function holderOf(pid: number): Holder | undefined {
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) return undefined;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { pid, startTicks, bootId };
}
