import {
  IMAGE_STREAM_IMAGES,
  IMAGE_STREAM_IMPORTS,
  IMAGE_STREAM_MAPPINGS,
  IMAGE_STREAM_TAGS,
  IMAGE_STREAMS,
  IMAGE_TAGS,
  IMAGES,
} from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import type { ImageDeps } from './deps.ts';
import {
  IMAGE_COLUMNS,
  IMAGE_STREAM_COLUMNS,
  IMAGE_STREAM_IMAGE_COLUMNS,
  IMAGE_STREAM_TAG_COLUMNS,
  IMAGE_TAG_COLUMNS,
} from './image-columns.ts';
import { imageStrategy } from './image-strategy.ts';
import { newImageStreamImageStorage } from './image-stream-images.ts';
import { newImageStreamImportStorage } from './image-stream-imports.ts';
import { newImageStreamMappingStorage } from './image-stream-mappings.ts';
import { imageStreamStrategy } from './image-stream-strategy.ts';
import { IMAGE_STREAM_TAG_RULES } from './image-stream-tags.ts';
import { IMAGE_TAG_RULES } from './image-tags.ts';
import { imageStreamLayers } from './layers.ts';
import { secretList } from './secrets.ts';
import { getStream } from './stream-access.ts';
import { newTagStorage } from './tag-storage.ts';

export type { ImageDeps } from './deps.ts';
export type { LocalImage } from './import/local-image.ts';
export { newRemoteImages } from './import/remote-images.ts';

const GROUP_VERSION = { group: 'image.openshift.io', version: 'v1' };

function schemaOf(kind: string): string {
  return `com.github.openshift.api.image.v1.${kind}`;
}

function outputOf(kind: string) {
  return { ...GROUP_VERSION, kind, definition: schemaOf(kind) };
}

function define<T extends KubeObject>(
  definition: Omit<ResourceDefinition<T>, 'definition'>,
): ResourceDefinition {
  const whole = { ...definition, definition: schemaOf(definition.type.kind) };
  return whole as unknown as ResourceDefinition;
}

function imageStreams(deps: ImageDeps): ResourceDefinition {
  const { client } = deps;
  return define({
    type: IMAGE_STREAMS,
    shortNames: ['is'],
    categories: ['all'],
    columns: IMAGE_STREAM_COLUMNS,
    strategy: imageStreamStrategy(deps),
    subresources: {
      status: { kind: 'status' },
      layers: {
        kind: 'get',
        output: outputOf('ImageStreamLayers'),
        get: async (name, { namespace }) =>
          imageStreamLayers(client, await getStream(client, { namespace, name }, 'imagestreams')),
      },
      secrets: {
        kind: 'get',
        output: outputOf('SecretList'),
        get: async (_name, { namespace }) =>
          (await secretList(client, namespace)) as unknown as KubeObject,
      },
    },
  });
}

/** imageDefinitions declares the group image.openshift.io/v1. */
export function imageDefinitions(deps: ImageDeps): ResourceDefinition[] {
  const { client } = deps;
  return [
    define({ type: IMAGES, columns: IMAGE_COLUMNS, strategy: imageStrategy }),
    imageStreams(deps),
    define({
      type: IMAGE_STREAM_TAGS,
      shortNames: ['istag'],
      columns: IMAGE_STREAM_TAG_COLUMNS,
      storage: newTagStorage(client, IMAGE_STREAM_TAG_RULES),
    }),
    define({
      type: IMAGE_TAGS,
      shortNames: ['itag'],
      columns: IMAGE_TAG_COLUMNS,
      storage: newTagStorage(client, IMAGE_TAG_RULES),
    }),
    define({
      type: IMAGE_STREAM_IMAGES,
      shortNames: ['isimage'],
      columns: IMAGE_STREAM_IMAGE_COLUMNS,
      storage: newImageStreamImageStorage(client),
    }),
    define({ type: IMAGE_STREAM_MAPPINGS, storage: newImageStreamMappingStorage(deps) }),
    define({ type: IMAGE_STREAM_IMPORTS, storage: newImageStreamImportStorage(deps) }),
  ];
}
