import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pack } from 'tar-stream';
import type { HostFile } from './recipe.ts';

/** HostFileSources say where this installation keeps what images copy. */
export interface HostFileSources {
  /** The Node.js binary; default: the one that runs this program. */
  readonly nodePath?: string;
  /** The folder of npm; default: beside the binary, as the distributions of nodejs.org lay it out. */
  readonly npmDirectory?: string;
  /** The folder with the bundled programs (`build-pod.mjs` and its chunks). */
  readonly programDirectory?: string;
}

/** PROGRAM_DIRECTORY is where the platform image keeps the bundled programs. */
const PROGRAM_DIRECTORY = '/opt/sampan';

const NPM_TARGET = 'usr/local/lib/node_modules/npm';

interface Locations {
  readonly node: string;
  readonly npm: string;
  readonly program: string | undefined;
}

async function locate(sources: HostFileSources): Promise<Locations> {
  const node = await realpath(sources.nodePath ?? process.execPath);
  return {
    node,
    npm: sources.npmDirectory ?? join(dirname(node), '..', 'lib', 'node_modules', 'npm'),
    program: sources.programDirectory,
  };
}

async function programFiles(directory: string | undefined): Promise<readonly string[]> {
  if (directory === undefined) throw new Error('the platform image needs a programDirectory');
  const names = await readdir(directory);
  if (!names.includes('build-pod.mjs')) {
    throw new Error(`${directory} has no build-pod.mjs: run "npm run build" first`);
  }
  return names.filter((name) => name.endsWith('.mjs')).sort();
}

async function identityOf(file: HostFile, { node, npm, program }: Locations): Promise<string> {
  if (file === 'node') {
    const { size, mtimeMs } = await stat(node);
    return `${process.version} ${size} ${mtimeMs}`;
  }
  if (file === 'npm') return readFile(join(npm, 'package.json'), 'utf8').catch(() => 'none');
  const hash = createHash('sha256');
  for (const name of await programFiles(program)) {
    hash.update(name).update(await readFile(join(program ?? '', name)));
  }
  return hash.digest('hex');
}

/** hostFilesHash changes when any of the files that an image would copy changes. */
export async function hostFilesHash(
  files: readonly HostFile[],
  sources: HostFileSources,
): Promise<string> {
  const locations = await locate(sources);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file} ${await identityOf(file, locations)}\n`);
  return hash.digest('hex');
}

/** addEntry writes one file into a tar and waits until it was taken. */
export function addEntry(
  pack: Pack,
  header: {
    name: string;
    mode: number;
    type?: 'file' | 'directory' | 'symlink';
    linkname?: string;
  },
  content?: Buffer,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = { uid: 0, gid: 0, mtime: new Date(0), ...header };
    pack.entry(entry, content ?? '', (error) => (error ? reject(error) : resolve()));
  });
}

async function addTree(pack: Pack, source: string, target: string): Promise<void> {
  const info = await lstat(source);
  if (info.isSymbolicLink()) {
    const linkname = await readlink(source);
    await addEntry(pack, { name: target, mode: 0o777, type: 'symlink', linkname });
  } else if (info.isDirectory()) {
    await addEntry(pack, { name: target, mode: 0o755, type: 'directory' });
    for (const name of (await readdir(source)).sort()) {
      await addTree(pack, join(source, name), `${target}/${name}`);
    }
  } else {
    const mode = (info.mode & 0o100) === 0 ? 0o644 : 0o755;
    await addEntry(pack, { name: target, mode }, await readFile(source));
  }
}

async function addNpm(pack: Pack, npm: string): Promise<void> {
  if ((await stat(npm).catch(() => undefined)) === undefined) return;
  await addTree(pack, npm, NPM_TARGET);
  for (const command of ['npm', 'npx']) {
    const linkname = `../lib/node_modules/npm/bin/${command}-cli.js`;
    const name = `usr/local/bin/${command}`;
    await addEntry(pack, { name, mode: 0o777, type: 'symlink', linkname });
  }
}

/** addHostFiles writes the files into a tar of an image's root. */
export async function addHostFiles(
  pack: Pack,
  files: readonly HostFile[],
  sources: HostFileSources,
): Promise<void> {
  const { node, npm, program } = await locate(sources);
  for (const file of files) {
    if (file === 'node') {
      await addEntry(pack, { name: 'usr/local/bin/node', mode: 0o755 }, await readFile(node));
    } else if (file === 'npm') {
      await addNpm(pack, npm);
    } else {
      for (const name of await programFiles(program)) {
        const content = await readFile(join(program ?? '', name));
        await addEntry(
          pack,
          { name: `${PROGRAM_DIRECTORY.slice(1)}/${name}`, mode: 0o644 },
          content,
        );
      }
    }
  }
}
