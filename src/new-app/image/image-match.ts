import type { ImageReference } from '../../machinery/image-reference.ts';
import type { ImageInfo } from './image-info.ts';

interface Match {
  /** What the user wrote. */
  readonly input: string;
  readonly info: ImageInfo | undefined;
  /** Labels of the image and annotations of the image stream's tag. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** StreamMatch is an image that a tag of an existing image stream points to. */
export interface StreamMatch extends Match {
  readonly kind: 'stream';
  readonly namespace: string;
  readonly name: string;
  readonly tag: string;
}

/** RegistryMatch is an image in a registry that an image stream will track. */
export interface RegistryMatch extends Match {
  readonly kind: 'registry';
  readonly reference: ImageReference;
  /** How the registry is called: `Docker Hub`, or its host. */
  readonly registry: string;
  readonly insecure: boolean;
}

/** UnknownMatch is an image that nobody has seen yet, and that is used all the same. */
export interface UnknownMatch extends Match {
  readonly kind: 'unknown';
  readonly reference: ImageReference;
}

/** ImageMatch is how an image that the user named was understood. */
export type ImageMatch = StreamMatch | RegistryMatch | UnknownMatch;

/** isBuilder tells whether an image turns source into images (S2I). */
export function isBuilder({ info, annotations }: ImageMatch): boolean {
  const tags = (annotations.tags ?? annotations['io.openshift.tags'] ?? '').split(',');
  if (tags.some((tag) => tag.trim() === 'builder')) return true;
  const labels = info?.labels ?? {};
  return Boolean(labels['io.openshift.s2i.scripts-url'] || labels['io.s2i.scripts-url']);
}
