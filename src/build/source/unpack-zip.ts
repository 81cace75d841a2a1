import { execFile } from 'node:child_process';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { BuildFailure } from '../build-failure.ts';
import { safeEntryPath } from './path-guard.ts';

const run = promisify(execFile);
const LISTING_BYTES = 64 * 1024 * 1024;

async function checkLinks(root: string, directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const full = join(directory, name);
    const info = await lstat(full);
    if (info.isSymbolicLink()) {
      const linkname = await readlink(full);
      safeEntryPath({ name: relative(root, full), type: 'symlink', linkname });
    } else if (info.isDirectory()) {
      await checkLinks(root, full);
    }
  }
}

/**
 * unpackZip unpacks a zip file below a folder with the system's `unzip`, after its names were
 * checked; its links are checked before anything follows them. Throws BuildFailure.
 */
export async function unpackZip(file: string, target: string): Promise<void> {
  try {
    const { stdout } = await run('unzip', ['-Z1', file], { maxBuffer: LISTING_BYTES });
    for (const name of stdout.split('\n').filter(Boolean)) safeEntryPath({ name, type: 'file' });
    await run('unzip', ['-q', '-o', file, '-d', target], { maxBuffer: LISTING_BYTES });
    await checkLinks(target, target);
  } catch (error) {
    if (error instanceof BuildFailure) throw error;
    const text = `the uploaded zip archive cannot be read: ${(error as Error).message}`;
    throw new BuildFailure('FetchSourceFailed', text, { cause: error });
  }
}
