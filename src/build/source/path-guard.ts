import { posix } from 'node:path';
import { BuildFailure } from '../build-failure.ts';

/** UnpackedEntry is one entry of an archive, as far as its place matters. */
export interface UnpackedEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  readonly linkname?: string;
}

function refuse(text: string): BuildFailure {
  return new BuildFailure('FetchSourceFailed', `the uploaded archive is refused: ${text}`);
}

function escapes(path: string): boolean {
  const clean = posix.normalize(path);
  return clean === '..' || clean.startsWith('../');
}

/**
 * safeEntryPath answers where an entry goes below the target, empty for the target itself. Throws
 * BuildFailure for a name or link that leads out of it.
 */
export function safeEntryPath({ name, type, linkname = '' }: UnpackedEntry): string {
  if (name.includes('\0')) throw refuse(`the name ${JSON.stringify(name)} contains a zero byte`);
  if (posix.isAbsolute(name)) throw refuse(`"${name}" is an absolute path`);
  const path = posix.normalize(name).replace(/\/+$/, '');
  if (escapes(path)) throw refuse(`"${name}" leads out of the source directory`);
  if (type === 'symlink' || type === 'hardlink') {
    if (posix.isAbsolute(linkname)) {
      throw refuse(`the link "${name}" points to the absolute path "${linkname}"`);
    }
    const target = type === 'symlink' ? posix.join(posix.dirname(path), linkname) : linkname;
    if (escapes(target)) {
      throw refuse(`the link "${name}" points to "${linkname}", out of the source directory`);
    }
  }
  return path === '.' ? '' : path;
}
