import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissingFile } from './registry-error.ts';

/** TEMPORARY ends the name of a file that is not finished; repositories may end with `.tmp`, too. */
const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** isTemporary tells of the name of a file whether it is one that was not finished. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** syncDirectory makes the names in a directory durable: creations, renames, removals. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** makeDirectory creates a directory and its parents durably; it is no error if it exists. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let one = directory; one.length >= first.length; one = dirname(one))
    await syncDirectory(dirname(one));
}

/** renameDurably moves a file whose content is already synced; the directory must exist. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}

/** writeDurably replaces a file as a whole: after it resolves the content survives a power cut. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  await makeDirectory(dirname(path));
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameDurably(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** removeTemporary removes what writes below a directory that a crash broke off left before a time. */
export async function removeTemporary(root: string, before: Date): Promise<void> {
  const names = await readdir(root, { recursive: true }).catch((error: unknown) => {
    if (isMissingFile(error)) return [];
    throw error;
  });
  for (const path of names.filter(isTemporary).map((name) => join(root, name))) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile() && info.mtimeMs < before.getTime()) await removeDurably(path);
  }
}

/** removeDurably removes a file or a tree; it is no error if it does not exist. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await syncDirectory(dirname(path)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}
