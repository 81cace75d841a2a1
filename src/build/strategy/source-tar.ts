import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack as newPack, type Pack } from 'tar-stream';

/** TarSource is a folder or a file that goes into a tar under a name. */
export interface TarSource {
  readonly path: string;
  /** The name in the tar; empty for the root of it. */
  readonly as: string;
  /** Says which files, by their path relative to the folder, stay out. */
  leaveOut?(path: string): boolean;
  /** Every file gets this mode. */
  readonly mode?: number;
}

function add(pack: Pack, header: Parameters<Pack['entry']>[0], content?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry(header, content ?? '', (error) => (error ? reject(error) : resolve()));
  });
}

async function addPath(pack: Pack, source: TarSource, below: string): Promise<void> {
  const full = below === '' ? source.path : join(source.path, below);
  const name = [source.as, below].filter(Boolean).join('/');
  const info = await lstat(full);
  const header = { name, mtime: info.mtime, uid: 0, gid: 0 };
  if (info.isSymbolicLink()) {
    await add(pack, { ...header, type: 'symlink', linkname: await readlink(full), mode: 0o777 });
  } else if (info.isDirectory()) {
    if (name !== '') await add(pack, { ...header, type: 'directory', mode: info.mode & 0o777 });
    for (const entry of (await readdir(full)).sort()) {
      const path = below === '' ? entry : `${below}/${entry}`;
      if (!source.leaveOut?.(path)) await addPath(pack, source, path);
    }
  } else if (info.isFile()) {
    const mode = source.mode ?? info.mode & 0o777;
    await add(pack, { ...header, mode }, await readFile(full));
  }
}

/** sourceTar streams folders and files as one tar; a read that fails breaks the stream. */
export function sourceTar(sources: readonly TarSource[]): Readable {
  const pack = newPack();
  (async () => {
    for (const source of sources) await addPath(pack, source, '');
    pack.finalize();
  })().catch((error) => pack.destroy(error));
  return Readable.from(pack, { objectMode: false });
}

/** filesTar streams texts as one tar. */
export function filesTar(
  files: readonly { name: string; content: string; mode?: number }[],
): Readable {
  const pack = newPack();
  (async () => {
    for (const { name, content, mode = 0o644 } of files) {
      await add(pack, { name, mode }, Buffer.from(content));
    }
    pack.finalize();
  })().catch((error) => pack.destroy(error));
  return Readable.from(pack, { objectMode: false });
}
