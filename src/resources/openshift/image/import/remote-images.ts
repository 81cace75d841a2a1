import type { Readable } from 'node:stream';
import type { Client } from '../../../../client/client.ts';
import { tryParseImageReference } from '../../../../machinery/image-reference.ts';
import { pullSecrets } from '../secrets.ts';
import { keyringOf } from './credentials.ts';
import { RemoteError } from './remote-error.ts';
import {
  newRemoteRegistry,
  type RemoteRegistry,
  type RemoteRegistryOptions,
} from './remote-registry.ts';

async function unlessRemote<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RemoteError) return undefined;
    throw error;
  }
}

/**
 * newRemoteImages reads images that streams of a namespace were imported from, with the namespace's
 * pull secrets: what the integrated registry pulls through. Answers undefined where there is nothing.
 */
export function newRemoteImages(deps: RemoteRegistryOptions & { readonly client: Client }) {
  async function registryFor(namespace: string): Promise<RemoteRegistry> {
    return newRemoteRegistry(deps, keyringOf(await pullSecrets(deps.client, namespace)));
  }
  return {
    async manifest(
      text: string,
      namespace: string,
    ): Promise<{ mediaType: string; bytes: Uint8Array } | undefined> {
      const reference = tryParseImageReference(text);
      // What would be found in this registry itself was looked for already.
      if (!reference || reference.registry === deps.internalRegistryHost) return undefined;
      const registry = await registryFor(namespace);
      const found = await unlessRemote(() => registry.image(reference, true));
      return found && { mediaType: found.mediaType, bytes: Buffer.from(found.manifest) };
    },
    async blob(
      text: string,
      digest: string,
      namespace: string,
    ): Promise<{ sizeBytes: number; bytes: Readable } | undefined> {
      const reference = tryParseImageReference(text);
      if (!reference || reference.registry === deps.internalRegistryHost) return undefined;
      const registry = await registryFor(namespace);
      return unlessRemote(() => registry.blob(reference, digest));
    },
  };
}
