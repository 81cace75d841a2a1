import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTicksOf } from '../../process/process-identity.ts';
import { StoreCorruptError, StoreLockedError } from '../store.ts';

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
 *
 * INVARIANTS: each text of a lock is unique. A lock whose process is gone is never removed, as
 * somebody could remove the one that came after it: who wants it links
 * `owner.next.<place>.<its digest>`,
 * which one can, and which is itself a lock that may be followed. The last lock of that chain is
 * the one that counts. Only its holder replaces `owner`, which takes what was before out of the
 * chain for good; so a link made too late is found out by walking the chain again.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'owner');
  const nonce = randomUUID();
  const draft = join(directory, `owner.${process.pid}.${nonce}`);
  const text = JSON.stringify({ ...holderOf(process.pid), nonce });
  await writeFile(draft, text);
  try {
    while (!(await tryLink(draft, path))) {
      if (await takeOver(directory, { draft, text })) break;
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

/** takeOver follows a lock whose process is gone; false when it is to be tried again. */
async function takeOver(
  directory: string,
  mine: { readonly draft: string; readonly text: string },
): Promise<boolean> {
  const last = await lastLock(directory);
  if (last === undefined) return false;
  const holder = parseHolder(last.text);
  if (holder && isAlive(holder)) throw new StoreLockedError(directory, holder.pid);
  if (!(await tryLink(mine.draft, last.next))) return false;
  if ((await lastLock(directory))?.text !== mine.text) {
    await rm(last.next, { force: true });
    return false;
  }
  await rename(mine.draft, join(directory, 'owner'));
  const names = await readdir(directory);
  const done = names.filter((name) => name.startsWith(NEXT));
  await Promise.all(done.map((name) => rm(join(directory, name), { force: true })));
  return true;
}

const NEXT = 'owner.next.';

/**
 * lastLock answers the text of the lock that counts, and the path of the one that would follow it;
 * undefined when there is none. The place in the chain is part of a path, as a power cut may leave
 * texts that are empty.
 */
async function lastLock(
  directory: string,
): Promise<{ readonly text: string; readonly next: string } | undefined> {
  let last: { text: string; next: string } | undefined;
  let path = join(directory, 'owner');
  for (let place = 1; ; place += 1) {
    const text = await readIfThere(path).catch((error: Error) => {
      throw new StoreCorruptError(directory, `${path}: ${error.message}`, error);
    });
    if (text === undefined) return last;
    const digest = createHash('sha256').update(text).digest('hex');
    path = join(directory, `${NEXT}${place}.${digest}`);
    last = { text, next: path };
  }
}

/** tryLink gives a file a second name; false when that name is taken. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
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
