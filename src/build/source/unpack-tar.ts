import { createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { BuildFailure } from '../build-failure.ts';
import { safeEntryPath } from './path-guard.ts';

type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink';

function typeOf(header: Header): EntryType | undefined {
  switch (header.type) {
    case 'directory':
    case 'symlink':
      return header.type;
    case 'link':
      return 'hardlink';
    case 'file':
    case 'contiguous-file':
    case null:
    case undefined:
      return 'file';
    default:
      return undefined;
  }
}

/** makeParent makes a parent folder; a link in its place would lead elsewhere and is replaced. */
async function makeParent(target: string, path: string): Promise<void> {
  const parent = dirname(path);
  if (parent === '.') return;
  let sofar = target;
  for (const part of parent.split('/')) {
    sofar = join(sofar, part);
    const info = await lstat(sofar).catch(() => undefined);
    if (info?.isSymbolicLink()) await rm(sofar);
    if (!info?.isDirectory()) await mkdir(sofar);
  }
}

async function place(target: string, header: Header, content: AsyncIterable<unknown>) {
  const type = typeOf(header);
  if (type === undefined) {
    throw new BuildFailure(
      'FetchSourceFailed',
      `the uploaded archive is refused: "${header.name}" is a ${header.type}, not a file, directory or link`,
    );
  }
  const linkname = header.linkname ?? '';
  const path = safeEntryPath({ name: header.name, type, linkname });
  if (path === '') return;
  const full = join(target, path);
  const mode = (header.mode ?? 0o644) & 0o777;
  await makeParent(target, path);
  const info = await lstat(full).catch(() => undefined);
  if (type === 'directory') {
    if (info && !info.isDirectory()) await rm(full);
    await mkdir(full, { recursive: true });
    await chmod(full, mode | 0o700);
    return;
  }
  if (info) await rm(full, { recursive: true });
  if (type === 'symlink') await symlink(linkname, full);
  else if (type === 'hardlink')
    await link(join(target, safeEntryPath({ name: linkname, type: 'file' })), full);
  else await pipeline(Readable.from(content), createWriteStream(full, { mode: mode | 0o600 }));
}

/**
 * unpackTar unpacks a tar stream below a folder, never outside of it. Throws BuildFailure for an
 * entry that would leave it and for an archive that is cut off or no archive.
 */
export async function unpackTar(tar: Readable, target: string): Promise<number> {
  await mkdir(target, { recursive: true });
  const unpacked = extract();
  const fed = pipeline(tar, unpacked);
  fed.catch(() => undefined);
  let entries = 0;
  try {
    for await (const entry of unpacked) {
      entries += 1;
      await place(target, entry.header, entry);
      entry.resume();
    }
    await fed;
  } catch (error) {
    tar.destroy();
    if (error instanceof BuildFailure) throw error;
    const text = `the uploaded archive cannot be read: ${(error as Error).message}`;
    throw new BuildFailure('FetchSourceFailed', text, { cause: error });
  }
  return entries;
}
