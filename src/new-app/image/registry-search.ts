import type { ImageStreamImport } from '../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_IMPORTS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import {
  exactReference,
  type ImageReference,
  isDockerHub,
  tryParseImageReference,
} from '../../machinery/image-reference.ts';
import { imageInfoOf } from './image-info.ts';
import type { RegistryMatch } from './image-match.ts';

/** RegistrySearchResult is an image, or why there is none. */
export type RegistrySearchResult =
  | { readonly found: RegistryMatch }
  | { readonly found: undefined; readonly reason: string; readonly unreachable: boolean };

/** RegistrySearchOptions say who asks registries, and how. */
export interface RegistrySearchOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly insecure: boolean;
}

function registryName({ registry }: ImageReference): string {
  return registry === '' || isDockerHub(registry) ? 'Docker Hub' : registry;
}

function importOf(input: string, reference: ImageReference, options: RegistrySearchOptions) {
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    metadata: { name: 'newapp', namespace: options.namespace },
    spec: {
      import: false,
      images: [
        {
          from: { kind: 'DockerImage', name: input },
          to: { name: reference.tag || 'latest' },
          importPolicy: { insecure: options.insecure },
        },
      ],
    },
    status: {},
  } satisfies ImageStreamImport;
}

/**
 * searchRegistry asks the server to look at an image in its registry, without importing it: the
 * server reaches registries and mirrors as later pulls will.
 */
export async function searchRegistry(
  input: string,
  options: RegistrySearchOptions,
): Promise<RegistrySearchResult> {
  const reference = tryParseImageReference(input);
  if (!reference)
    return {
      found: undefined,
      reason: `${JSON.stringify(input)} is not an image reference`,
      unreachable: false,
    };
  const answer = await options.client.create(
    IMAGE_STREAM_IMPORTS,
    importOf(exactReference(reference), reference, options),
  );
  const [result] = answer.status?.images ?? [];
  if (result?.image) {
    const info = imageInfoOf(result.image);
    return {
      found: {
        kind: 'registry',
        input,
        reference,
        info,
        annotations: info.labels,
        registry: registryName(reference),
        insecure: options.insecure,
      },
    };
  }
  const { reason = '', message = '' } = result?.status ?? {};
  return { found: undefined, reason: message, unreachable: reason !== 'NotFound' };
}

/** mirrorHint says which registry did not serve an image and how a local copy can. */
export function mirrorHint(input: string, reason: string): string {
  const reference = tryParseImageReference(input);
  if (!reference || reason.includes('imageMirrors'))
    return `The registry did not serve it: ${reason.replace(/^Internal error occurred: /, '')}`;
  const host = isDockerHub(reference.registry || 'docker.io') ? 'docker.io' : reference.registry;
  const path = [
    host,
    reference.namespace || (host === 'docker.io' ? 'library' : ''),
    reference.name,
  ]
    .filter((part) => part !== '')
    .join('/');
  return `The registry ${JSON.stringify(host)} did not serve it: ${reason || 'no answer'}

To use a local copy of this image, add a mirror to /etc/sampan/config.yaml:

  imageMirrors:
  - source: ${path}
    mirrors: [REGISTRY/PATH/OF/THE/COPY]`;
}
