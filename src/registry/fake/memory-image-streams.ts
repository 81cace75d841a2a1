import type { RegistryUser } from '../access.ts';
import type { ImageStreams, PushedManifest, TaggedImage } from '../image-streams.ts';

/** MemoryImageStreams is ImageStreams without an API server, for tests and benchmarks of the registry. */
export interface MemoryImageStreams extends ImageStreams {
  readonly pushes: readonly (PushedManifest & { readonly user: RegistryUser })[];
  /** inUse are the digests that something runs, whatever the streams say. */
  readonly inUse: Set<string>;
  /** setTag tags an image as an import or `oc tag` would. */
  setTag(repository: string, tag: string, image: TaggedImage): void;
}

/** newMemoryImageStreams starts without streams; every push is allowed. */
export function newMemoryImageStreams(): MemoryImageStreams {
  const streams = new Map<string, Map<string, TaggedImage[]>>();
  const pushes: (PushedManifest & { user: RegistryUser })[] = [];
  function setTag(repository: string, tag: string, image: TaggedImage): void {
    const tags = streams.get(repository) ?? new Map<string, TaggedImage[]>();
    tags.set(tag, [image, ...(tags.get(tag) ?? [])]);
    streams.set(repository, tags);
  }
  const inUse = new Set<string>();
  return {
    pushes,
    inUse,
    used: async () => inUse,
    setTag,
    tags: async (repository) => {
      const tags = streams.get(repository);
      return tags && [...tags.keys()];
    },
    resolve: async (repository, tag) => streams.get(repository)?.get(tag)?.[0],
    images: async (repository) => [...(streams.get(repository)?.values() ?? [])].flat(),
    async push(pushed, user) {
      const reference = `registry.test/${pushed.repository}@${pushed.digest}`;
      setTag(pushed.repository, pushed.tag, { digest: pushed.digest, reference });
      pushes.push({ ...pushed, user });
    },
    async untag(repository, tag) {
      streams.get(repository)?.delete(tag);
    },
    repositories: async () => [...streams.keys()],
  };
}
