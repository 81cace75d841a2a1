import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { extract, pack } from 'tar-stream';
import { EngineError, type ImageConfig, type ImageInfo } from '../engine.ts';

/** Files are contents by absolute path. */
export type Files = Map<string, Uint8Array>;

interface StoredImage {
  readonly info: ImageInfo;
  readonly files: Files;
}

/** FakeImages is the image store of the fake engine. */
export interface FakeImages {
  add(reference: string, config: ImageConfig, files: Files): string;
  find(reference: string): StoredImage | undefined;
  all(): readonly ImageInfo[];
  tag(reference: string, target: string): void;
  remove(reference: string): void;
}

/** withTag adds `:latest` where a reference names neither tag nor digest. */
export function withTag(reference: string): string {
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? reference : `${reference}:latest`;
}

/** readTar answers the regular files of an archive by absolute path below `base`. */
export async function readTar(tar: Readable, base = '/'): Promise<Files> {
  const files: Files = new Map();
  for await (const entry of tar.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type !== 'file') continue;
    const path = `${base}/${entry.header.name}`.replaceAll(/\/(\.\/)*\/*/g, '/');
    files.set(path, Buffer.concat(chunks));
  }
  return files;
}

/** writeTar is the archive of some files, named as given. */
export function writeTar(files: Iterable<readonly [string, Uint8Array]>): Readable {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  return Readable.from(tar);
}

/** configFromChanges reads the Dockerfile instructions of an import: CMD, ENTRYPOINT, ENV, LABEL, USER. */
export function configFromChanges(changes: readonly string[]): ImageConfig {
  const list = (text: string): string[] =>
    text.startsWith('[') ? (JSON.parse(text) as string[]) : ['/bin/sh', '-c', text];
  let config: ImageConfig = {};
  for (const change of changes) {
    const [word = '', ...rest] = change.split(' ');
    const text = rest.join(' ').trim();
    const equals = text.indexOf('=');
    const value = text.slice(equals + 1).replace(/^"(.*)"$/, '$1');
    if (word === 'CMD') config = { ...config, command: list(text) };
    if (word === 'ENTRYPOINT') config = { ...config, entrypoint: list(text) };
    if (word === 'USER') config = { ...config, user: text };
    if (word === 'ENV')
      config = { ...config, env: [...(config.env ?? []), `${text.slice(0, equals)}=${value}`] };
    if (word === 'LABEL')
      config = { ...config, labels: { ...config.labels, [text.slice(0, equals)]: value } };
  }
  return config;
}

/** newFakeImages is an empty image store. */
export function newFakeImages(): FakeImages {
  const byId = new Map<string, StoredImage>();
  const byTag = new Map<string, string>();

  function find(reference: string): StoredImage | undefined {
    const stored = byId.get(reference) ?? byId.get(byTag.get(withTag(reference)) ?? '');
    if (stored === undefined) return undefined;
    const repoTags = [...byTag].filter(([, id]) => id === stored.info.id).map(([tag]) => tag);
    return { ...stored, info: { ...stored.info, repoTags } };
  }

  return {
    find,
    add(reference, config, files) {
      const id = `sha256:${createHash('sha256').update(randomBytes(16)).digest('hex')}`;
      const sizeBytes = [...files.values()].reduce((sum, one) => sum + one.length, 0);
      const info: ImageInfo = {
        id,
        repoTags: [],
        repoDigests: [],
        createdAt: new Date().toISOString(),
        sizeBytes,
        architecture: 'amd64',
        os: 'linux',
        author: '',
        config: { env: [], entrypoint: [], command: [], labels: {}, user: '', ...config },
      };
      byId.set(id, { info, files });
      byTag.set(withTag(reference), id);
      return id;
    },
    all: () => [...byId.keys()].map(find).flatMap((one) => (one === undefined ? [] : [one.info])),
    tag(reference, target) {
      const stored = find(reference);
      if (stored === undefined) throw new EngineError(404, `No such image: ${reference}`);
      byTag.set(withTag(target), stored.info.id);
    },
    remove(reference) {
      const stored = find(reference);
      byTag.delete(withTag(reference));
      if (stored === undefined) return;
      const { id } = stored.info;
      if (reference === id || ![...byTag.values()].includes(id)) {
        byId.delete(id);
        for (const [tag, target] of byTag) if (target === id) byTag.delete(tag);
      }
    },
  };
}
