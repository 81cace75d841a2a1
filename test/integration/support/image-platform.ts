import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECRETS } from '../../../src/apis/resource-types.ts';
import type {
  DefinitionDeps,
  ResourceDefinition,
  UserInfo,
} from '../../../src/apiserver/resource-definition.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../src/apiserver/testing/test-api-server.ts';
import type { ImageMirror } from '../../../src/machinery/image-reference.ts';
import { newApiImageStreams } from '../../../src/registry/api-image-streams.ts';
import { newRegistry, type Registry } from '../../../src/registry/registry.ts';
import { imageDefinitions, newRemoteImages } from '../../../src/resources/openshift/image/index.ts';

/** INTERNAL_REGISTRY is the integrated registry's name in references. */
export const INTERNAL_REGISTRY = 'image-registry.openshift-image-registry.svc:5000';

/** ImagePlatform is the image API and the registry wired together, on a store in memory. */
export interface ImagePlatform {
  readonly api: TestApiServer;
  readonly registry: Registry;
  /** Where the registry listens, `127.0.0.1:PORT`. */
  readonly host: string;
  readonly directory: string;
  close(): Promise<void>;
}

/** TOKENS: `admin-token` may do everything, `viewer-token` may only pull, others are nobody. */
const TOKENS: Readonly<Record<string, UserInfo>> = {
  'admin-token': { name: 'admin', groups: ['system:authenticated', 'system:masters'] },
  'viewer-token': { name: 'viewer', groups: ['system:authenticated'] },
};

/**
 * startImagePlatform starts both; `directory` keeps the blobs where a test wants them, `more` are
 * definitions of other groups.
 */
export async function startImagePlatform(
  options: {
    readonly directory?: string;
    readonly mirrors?: readonly ImageMirror[];
    readonly more?: (deps: DefinitionDeps) => readonly ResourceDefinition[];
  } = {},
): Promise<ImagePlatform> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sampan-images-')));
  let host = '';
  const remote = {
    internalRegistryHost: INTERNAL_REGISTRY,
    get engineRegistryHost() {
      return host;
    },
    mirrors: options.mirrors ?? [],
  };
  const api = await startTestApiServer((deps) => [
    ...imageDefinitions({
      client: deps.client,
      internalRegistryHost: INTERNAL_REGISTRY,
      get engineRegistryHost() {
        return host;
      },
      mirrors: options.mirrors ?? [],
      canPull: () => true,
    }),
    { type: SECRETS, definition: 'io.k8s.api.core.v1.Secret' },
    ...(options.more?.(deps) ?? []),
  ]);
  const registry = newRegistry({
    directory,
    imageStreams: newApiImageStreams({
      client: api.client,
      clientFor: api.clientFor,
      internalRegistryHost: INTERNAL_REGISTRY,
    }),
    authenticateToken: async (token) => TOKENS[token],
    canAccess: async (user, verb) =>
      user.name === 'admin' || (user.name === 'viewer' && verb === 'get'),
    remote: newRemoteImages({ ...remote, client: api.client }),
  });
  host = `127.0.0.1:${await registry.listen({ host: '127.0.0.1', port: 0 })}`;
  return {
    api,
    registry,
    host,
    directory,
    async close() {
      await registry.close();
      await api.close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}
