import { readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, parseDigest } from './digest.ts';
import { isTemporary, removeDurably, removeTemporary, writeDurably } from './durable-file.ts';
import type { Descriptor } from './manifest.ts';
import { isMissingFile } from './registry-error.ts';

/** ManifestLink says that a repository has a manifest; a tombstone says that it was deleted there. */
export type ManifestLink =
  | { readonly state: 'present'; readonly mediaType: string }
  | { readonly state: 'deleted' };

/** LinkInfo is one link of a repository, with its age for garbage collection. */
export interface LinkInfo {
  readonly digest: Digest;
  readonly modifiedMs: number;
}

/**
 * RepositoryStore says which blobs and manifests belong to which repository, in small files below
 * `repositories/<namespace>/<name>/`: contents are stored once, rights are per repository.
 */
export interface RepositoryStore {
  list(): Promise<readonly string[]>;
  hasBlob(repository: string, digest: Digest): Promise<boolean>;
  linkBlob(repository: string, digest: Digest): Promise<void>;
  unlinkBlob(repository: string, digest: Digest): Promise<void>;
  blobs(repository: string): Promise<readonly LinkInfo[]>;
  manifest(repository: string, digest: Digest): Promise<ManifestLink | undefined>;
  linkManifest(repository: string, digest: Digest, mediaType: string): Promise<void>;
  /** buryManifest leaves a tombstone, so that an image stream's history does not bring it back. */
  buryManifest(repository: string, digest: Digest): Promise<void>;
  forgetManifest(repository: string, digest: Digest): Promise<void>;
  manifests(repository: string): Promise<readonly LinkInfo[]>;
  addReferrer(repository: string, subject: Digest, referrer: Descriptor): Promise<void>;
  removeReferrer(repository: string, subject: Digest, referrer: Digest): Promise<void>;
  referrers(repository: string, subject: Digest): Promise<readonly Descriptor[]>;
  touchBlob(repository: string, digest: Digest, now: Date): Promise<void>;
  /** removeTemporary removes what writes that a crash broke off left behind before a time. */
  removeTemporary(before: Date): Promise<void>;
}

const TOMBSTONE = 'deleted';

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => !isTemporary(name)).sort();
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

async function linksIn(directory: string): Promise<LinkInfo[]> {
  const links: LinkInfo[] = [];
  for (const algorithm of await namesIn(directory))
    for (const hex of await namesIn(join(directory, algorithm))) {
      const info = await stat(join(directory, algorithm, hex)).catch(() => undefined);
      if (info)
        links.push({ digest: parseDigest(`${algorithm}:${hex}`), modifiedMs: info.mtimeMs });
    }
  return links;
}

async function repositoriesIn(root: string): Promise<string[]> {
  const names: string[] = [];
  for (const namespace of await namesIn(root))
    for (const name of await namesIn(join(root, namespace))) names.push(`${namespace}/${name}`);
  return names;
}

async function descriptorsIn(directory: string): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const name of await namesIn(directory)) {
    const text = await contentOf(join(directory, name));
    if (text !== undefined) found.push(JSON.parse(text) as Descriptor);
  }
  return found;
}

/** newRepositoryStore opens the links below a directory. Repository names must have been checked. */
export function newRepositoryStore(directory: string): RepositoryStore {
  const root = join(directory, 'repositories');
  const path = (repository: string, kind: string, { algorithm, hex }: Digest) =>
    join(root, repository, kind, algorithm, hex);
  const referrersPath = (repository: string, subject: Digest) =>
    path(repository, '_referrers', subject);
  return {
    removeTemporary: (before) => removeTemporary(root, before),
    list: () => repositoriesIn(root),
    hasBlob: async (repository, digest) =>
      (await contentOf(path(repository, '_blobs', digest))) !== undefined,
    linkBlob: (repository, digest) => writeDurably(path(repository, '_blobs', digest), ''),
    unlinkBlob: (repository, digest) => removeDurably(path(repository, '_blobs', digest)),
    blobs: (repository) => linksIn(join(root, repository, '_blobs')),
    async manifest(repository, digest) {
      const text = await contentOf(path(repository, '_manifests', digest));
      if (text === undefined) return undefined;
      return text === TOMBSTONE ? { state: 'deleted' } : { state: 'present', mediaType: text };
    },
    linkManifest: (repository, digest, mediaType) =>
      writeDurably(path(repository, '_manifests', digest), mediaType),
    buryManifest: (repository, digest) =>
      writeDurably(path(repository, '_manifests', digest), TOMBSTONE),
    forgetManifest: (repository, digest) => removeDurably(path(repository, '_manifests', digest)),
    manifests: (repository) => linksIn(join(root, repository, '_manifests')),
    addReferrer: (repository, subject, referrer) =>
      writeDurably(
        join(referrersPath(repository, subject), referrer.digest.replace(':', '-')),
        JSON.stringify(referrer),
      ),
    removeReferrer: (repository, subject, referrer) =>
      removeDurably(
        join(referrersPath(repository, subject), `${referrer.algorithm}-${referrer.hex}`),
      ),
    referrers: (repository, subject) => descriptorsIn(referrersPath(repository, subject)),
    async touchBlob(repository, digest, now) {
      await utimes(path(repository, '_blobs', digest), now, now).catch((error: unknown) => {
        if (!isMissingFile(error)) throw error;
      });
    },
  };
}
