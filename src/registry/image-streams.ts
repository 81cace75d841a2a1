import type { RegistryUser } from './access.ts';
import type { Manifest } from './manifest.ts';

/** StoredManifest is a manifest that the registry has, with what an Image object is made of. */
export interface StoredManifest {
  readonly digest: string;
  readonly manifest: Manifest;
  /** The manifest as it was pushed. */
  readonly bytes: Uint8Array;
  /** The content of the configuration blob, where the manifest has one of an image. */
  readonly config: Uint8Array | undefined;
}

/** PushedManifest is a manifest that is stored and is now to become an image of a stream. */
export interface PushedManifest extends StoredManifest {
  readonly repository: string;
  readonly tag: string;
  /** The images of an index. */
  readonly children: readonly StoredManifest[];
}

/** TaggedImage is what an image stream knows of one image of its history. */
export interface TaggedImage {
  readonly digest: string;
  /** Where the image is: this registry, or one that it was imported from. */
  readonly reference: string;
}

/**
 * ImageStreams are the registry's tags. Failures that a client of the registry should read are thrown
 * as RegistryErrors.
 */
export interface ImageStreams {
  /** tags answers the names of all tags that have an image, or undefined if there is no such stream. */
  tags(repository: string): Promise<readonly string[] | undefined>;
  resolve(repository: string, tag: string): Promise<TaggedImage | undefined>;
  /** images answers every image in the histories of a stream's tags. */
  images(repository: string): Promise<readonly TaggedImage[]>;
  /** used answers the digests of images that pods, deployments and builds refer to. */
  used(): Promise<ReadonlySet<string>>;
  /** push makes the image known and moves the tag, creating the stream if the user may. */
  push(pushed: PushedManifest, user: RegistryUser): Promise<void>;
  /** untag removes a tag; it is no error if it does not exist. */
  untag(repository: string, tag: string, user: RegistryUser): Promise<void>;
  /** repositories answers the names of all streams, `namespace/name`. */
  repositories(): Promise<readonly string[]>;
}
