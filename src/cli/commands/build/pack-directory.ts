import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';

const ALWAYS_EXCLUDED = /(^|\/)\.git(\/|$)/;

async function addFile(
  tar: Pack,
  path: string,
  header: { name: string; mode: number; size: number; mtime: Date },
) {
  const entry = tar.entry(header);
  await pipeline(createReadStream(path, { end: Math.max(0, header.size - 1) }), entry);
}

async function addFolder(tar: Pack, root: string, below: string, excluded: RegExp): Promise<void> {
  const entries = await readdir(join(root, below));
  for (const entry of entries.sort()) {
    const name = posix.join(below, entry);
    if (excluded.test(name)) continue;
    const path = join(root, name);
    const info = await lstat(path);
    const { mtime, size } = info;
    const mode = info.mode & 0o7777;
    if (info.isDirectory()) {
      tar.entry({ name: `${name}/`, type: 'directory', mode, mtime });
      await addFolder(tar, root, name, excluded);
    } else if (info.isSymbolicLink()) {
      tar.entry({ name, type: 'symlink', linkname: await readlink(path), mode, mtime });
    } else if (info.isFile()) {
      if (size === 0) tar.entry({ name, mode, mtime, size: 0 }, '');
      else await addFile(tar, path, { name, mode, size, mtime });
    }
  }
}

/**
 * packDirectory streams a directory as a tar archive: files, directories and symbolic links, without
 * what `exclude` matches; `.git` is left out by default. Paths are relative to the directory.
 */
export function packDirectory(folder: string, exclude?: RegExp): AsyncIterable<Uint8Array> {
  const tar = pack();
  addFolder(tar, folder, '', exclude ?? ALWAYS_EXCLUDED).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  return tar as AsyncIterable<Uint8Array>;
}
