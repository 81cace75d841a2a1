import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessVerb } from '../access.ts';
import { newRegistry, type Registry, type RegistryOptions } from '../registry.ts';
import { type MemoryImageStreams, newMemoryImageStreams } from './memory-image-streams.ts';

/** RegistryFixture is a registry on a free port of the loopback address over a temporary directory. */
export interface RegistryFixture {
  readonly registry: Registry;
  readonly host: string;
  readonly directory: string;
  readonly imageStreams: MemoryImageStreams;
  /** call sends a request; `token` is alice-token unless given, and null sends none. */
  call(
    method: string,
    path: string,
    options?: {
      body?: Uint8Array | string;
      headers?: Record<string, string>;
      token?: string | null;
    },
  ): Promise<Response>;
  /** restart closes the registry and opens another one over the same directory on another port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** MANIFEST_TYPE is the media type of the manifests that the fixture's tests push. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** sha256 is the digest of some content. */
export function sha256(content: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** TOKENS: alice may do everything in p1 and p2, bob may pull from p1 and nothing else. */
const TOKENS: Readonly<Record<string, string>> = { 'alice-token': 'alice', 'bob-token': 'bob' };

async function canAccess(user: { name: string }, verb: AccessVerb, namespace: string) {
  if (user.name === 'alice') return ['p1', 'p2'].includes(namespace);
  return user.name === 'bob' && verb === 'get' && namespace === 'p1';
}

/** newRegistryFixture starts a registry; `overrides` replace its options. */
export async function newRegistryFixture(
  overrides: Partial<RegistryOptions> = {},
): Promise<RegistryFixture> {
  const directory = overrides.directory ?? (await mkdtemp(join(tmpdir(), 'sampan-registry-')));
  const imageStreams = newMemoryImageStreams();
  const options: RegistryOptions = {
    directory,
    imageStreams,
    authenticateToken: async (token) => {
      const name = TOKENS[token];
      return name === undefined ? undefined : { name, groups: ['system:authenticated'] };
    },
    canAccess,
    ...overrides,
  };
  let registry = newRegistry(options);
  const listen = async () => `127.0.0.1:${await registry.listen({ host: '127.0.0.1', port: 0 })}`;
  let host = await listen();
  return {
    get registry() {
      return registry;
    },
    get host() {
      return host;
    },
    directory,
    imageStreams,
    call(method, path, { body, headers = {}, token = 'alice-token' } = {}) {
      const all = new Headers(headers);
      if (token !== null) all.set('authorization', `Bearer ${token}`);
      const init = { method, headers: all };
      return fetch(`http://${host}${path}`, body === undefined ? init : { ...init, body });
    },
    async restart() {
      await registry.close();
      registry = newRegistry(options);
      host = await listen();
    },
    async close() {
      await registry.close();
      if (overrides.directory === undefined) await rm(directory, { recursive: true });
    },
  };
}

/** pushBlob uploads content in one request and answers its digest. */
export async function pushBlob(
  fixture: RegistryFixture,
  repository: string,
  content: Uint8Array | string,
): Promise<string> {
  const digest = sha256(content);
  const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
  const answer = await fixture.call('POST', path, { body: content });
  if (answer.status !== 201) throw new Error(`push: ${answer.status} ${await answer.text()}`);
  return digest;
}

/** PushedImage is what pushImage stored. */
export interface PushedImage {
  readonly digest: string;
  readonly config: string;
  readonly layer: string;
  readonly manifest: string;
}

/** pushImage pushes an image of one layer, by tag or, with an empty tag, by digest. */
export async function pushImage(
  fixture: RegistryFixture,
  repository: string,
  options: { tag: string; layer?: string; extra?: object },
): Promise<PushedImage> {
  const configText = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {} });
  const layerText = options.layer ?? 'a layer';
  const config = await pushBlob(fixture, repository, configText);
  const layer = await pushBlob(fixture, repository, layerText);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: config,
      size: configText.length,
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: layer,
        size: layerText.length,
      },
    ],
    ...options.extra,
  });
  const digest = sha256(manifest);
  const reference = options.tag === '' ? digest : options.tag;
  const answer = await fixture.call('PUT', `/v2/${repository}/manifests/${reference}`, {
    body: manifest,
    headers: { 'content-type': MANIFEST_TYPE },
  });
  if (answer.status !== 201) throw new Error(`push: ${answer.status} ${await answer.text()}`);
  return { digest, config, layer, manifest };
}
