import { randomBytes } from 'node:crypto';
import {
  chmod,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** PayloadFile is one file of a volume that is made from objects of the API. */
export interface PayloadFile {
  readonly data: Uint8Array;
  readonly mode: number;
}

/** Payload is the files of a volume by relative path. */
export type Payload = ReadonlyMap<string, PayloadFile>;

const DATA = '..data';

async function currentOf(directory: string): Promise<string | undefined> {
  try {
    return await readlink(join(directory, DATA));
  } catch {
    // A volume that was never written has no link yet.
    return undefined;
  }
}

async function sameFile(path: string, file: PayloadFile): Promise<boolean> {
  try {
    const [content, info] = await Promise.all([readFile(path), lstat(path)]);
    return content.equals(file.data) && (info.mode & 0o777) === (file.mode & 0o777);
  } catch {
    // What cannot be read is written again.
    return false;
  }
}

async function filesBelow(directory: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map((entry) => {
      const path = join(prefix, entry.name);
      return entry.isDirectory() ? filesBelow(join(directory, entry.name), path) : [path];
    }),
  );
  return lists.flat();
}

async function isCurrent(directory: string, payload: Payload): Promise<boolean> {
  const paths = await filesBelow(directory);
  if (paths.length !== payload.size) return false;
  const same = await Promise.all(
    [...payload].map(([path, file]) => sameFile(join(directory, path), file)),
  );
  return same.every((one) => one);
}

function versionName(): string {
  const digits = new Date().toISOString().replaceAll(/[-:]/g, '_').replace('T', '_').slice(0, 19);
  return `..${digits}.${randomBytes(5).readUIntBE(0, 5) % 1_000_000_000}`;
}

async function writeVersion(target: string, payload: Payload, group: number | undefined) {
  await mkdir(target, { mode: 0o755, recursive: true });
  for (const [path, { data, mode }] of payload) {
    const file = join(target, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, data);
    if (group !== undefined) await lchown(file, 0, group);
    await chmod(file, group === undefined ? mode : mode | 0o440);
  }
}

async function linkNames(directory: string, payload: Payload): Promise<void> {
  const wanted = new Set([...payload.keys()].map((path) => path.split('/')[0] ?? ''));
  const present = (await readdir(directory)).filter((name) => !name.startsWith('..'));
  for (const name of present) if (!wanted.has(name)) await rm(join(directory, name));
  for (const name of wanted) {
    if (!present.includes(name)) await symlink(join(DATA, name), join(directory, name));
  }
}

/**
 * writeAtomically makes a volume show a payload, all files of it at once: it writes a new version
 * beside the old, moves the link `..data` and removes the old (Kubernetes' AtomicWriter). With a
 * group, files belong to it and it may read them. Answers whether anything changed.
 */
export async function writeAtomically(
  directory: string,
  payload: Payload,
  group: number | undefined,
): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const old = await currentOf(directory);
  const effective = new Map(
    [...payload].map(([path, file]) => [
      path,
      group === undefined ? file : { ...file, mode: file.mode | 0o440 },
    ]),
  );
  if (old !== undefined && (await isCurrent(join(directory, old), effective))) return false;
  const version = versionName();
  await writeVersion(join(directory, version), payload, group);
  const link = join(directory, '..data_tmp');
  await rm(link, { force: true });
  await symlink(version, link);
  await rename(link, join(directory, DATA));
  await linkNames(directory, payload);
  if (old !== undefined) await rm(join(directory, old), { recursive: true, force: true });
  return true;
}
