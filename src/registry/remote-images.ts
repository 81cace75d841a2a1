import type { Readable } from 'node:stream';

/** RemoteManifest is a manifest from another registry, verified against its digest. */
export interface RemoteManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/**
 * RemoteImages reach the registries that images were imported from, so that a pull of an imported
 * image through this registry works (pull-through). Answers are undefined where there is nothing.
 */
export interface RemoteImages {
  /** `reference` ends in a digest; credentials are the pull secrets of the namespace. */
  manifest(reference: string, namespace: string): Promise<RemoteManifest | undefined>;
  blob(
    reference: string,
    digest: string,
    namespace: string,
  ): Promise<{ readonly sizeBytes: number; readonly bytes: Readable } | undefined>;
}
