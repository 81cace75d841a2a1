import { mkdir, open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import {
  type KubeCluster,
  type KubeContext,
  KubeconfigError,
  type KubeconfigFile,
  type KubeUser,
  readKubeconfigFile,
} from './kubeconfig.ts';

const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 20;

/** Changes sets the fields that are given; a field that is null is taken away, an entry too. */
type Changes<T> = Readonly<Record<string, { readonly [K in keyof T]?: T[K] | null } | null>>;

/** KubeconfigEdit is what is to change. What it does not name stays, known to us or not. */
export interface KubeconfigEdit {
  readonly clusters?: Changes<KubeCluster>;
  readonly users?: Changes<KubeUser>;
  readonly contexts?: Changes<KubeContext>;
  readonly currentContext?: string;
}

type Section = 'clusters' | 'users' | 'contexts';
const SECTIONS = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
type Entry = { name: string; [body: string]: unknown };

/**
 * updateKubeconfig carries out an edit. An entry is changed in the file that holds it; a new one
 * goes to the first file that exists, else to the last of the list (which is made, mode 0600).
 * Files are replaced atomically under a lock file, as client-go does.
 */
export async function updateKubeconfig(
  paths: readonly string[],
  edit: KubeconfigEdit,
): Promise<void> {
  const files = await Promise.all(
    paths.map(async (path) => ({ path, file: await readKubeconfigFile(path) })),
  );
  const fallback = (files.find(({ file }) => file) ?? files.at(-1))?.path;
  if (!fallback) throw new KubeconfigError('there is no kubeconfig to write to');
  for (const path of paths) {
    const mine = partOf(edit, path, fallback, files);
    if (mine) await rewrite(path, mine);
  }
}

type Loaded = readonly { path: string; file: KubeconfigFile | undefined }[];

/** partOf is the part of an edit that belongs into one file. */
function partOf(
  edit: KubeconfigEdit,
  path: string,
  fallback: string,
  files: Loaded,
): KubeconfigEdit | undefined {
  const part: Record<string, unknown> = {};
  for (const section of Object.keys(SECTIONS) as Section[]) {
    const mine = Object.entries(edit[section] ?? {}).filter(([name]) => {
      const holder = files.find(({ file }) => file?.[section]?.some((one) => one.name === name));
      return (holder?.path ?? fallback) === path;
    });
    if (mine.length > 0) part[section] = Object.fromEntries(mine);
  }
  if (edit.currentContext !== undefined) {
    const holder = files.find(({ file }) => file?.['current-context']);
    if ((holder?.path ?? fallback) === path) part.currentContext = edit.currentContext;
  }
  return Object.keys(part).length > 0 ? part : undefined;
}

async function rewrite(path: string, edit: KubeconfigEdit): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  const release = await lock(path);
  try {
    const file: KubeconfigFile = (await readKubeconfigFile(path)) ?? {
      apiVersion: 'v1',
      kind: 'Config',
      preferences: {},
    };
    for (const section of Object.keys(SECTIONS) as Section[]) {
      const changes = edit[section];
      if (changes) file[section] = changed((file[section] ?? []) as Entry[], section, changes);
    }
    if (edit.currentContext !== undefined) file['current-context'] = edit.currentContext;
    await replaceFile(path, stringify(file));
  } finally {
    await release();
  }
}

function changed(
  entries: readonly Entry[],
  section: Section,
  changes: Changes<object>,
): KubeconfigFile[Section] & Entry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) byName.delete(name);
    else byName.set(name, withBody(byName.get(name) ?? { name }, SECTIONS[section], change));
  }
  return [...byName.values()] as KubeconfigFile[Section] & Entry[];
}

function withBody(entry: Entry, key: string, change: object): Entry {
  const body: Record<string, unknown> = { ...(entry[key] as object | null) };
  for (const [field, value] of Object.entries(change)) {
    if (value === null) delete body[field];
    else if (value !== undefined) body[field] = value;
  }
  return { ...entry, [key]: body };
}

/** replaceFile writes beside the file (behind a symbolic link: beside its target) and renames. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => resolve(path));
  const draft = `${target}.${process.pid}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, target);
}

async function lock(path: string): Promise<() => Promise<void>> {
  const file = `${path}.lock`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeFile(file, '', { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      const busy = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!busy || attempt >= LOCK_TRIES) {
        const text = busy
          ? `${path} is being changed by another program (remove ${file} if there is none)`
          : `cannot write ${path}: ${(error as Error).message}`;
        throw new KubeconfigError(text, { cause: error });
      }
      await sleep(LOCK_PAUSE_MS);
    }
  }
}
