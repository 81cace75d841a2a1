import { metadataOf } from '../../../apis/image.openshift.io/v1/docker-image.ts';
import type {
  Image,
  ImageStream,
  ImageStreamLayers,
} from '../../../apis/image.openshift.io/v1/types.ts';
import type { Client } from '../../../client/client.ts';
import { findImage } from './stream-access.ts';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG_TYPES: Readonly<Record<string, string>> = {
  [DOCKER_MANIFEST]: 'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.manifest.v1+json': 'application/vnd.oci.image.config.v1+json',
};

type Layers = Pick<ImageStreamLayers, 'blobs' | 'images'>;

function addImage(layers: Layers, image: Image): void {
  const name = image.metadata.name ?? '';
  const mediaType = image.dockerImageManifestMediaType || DOCKER_MANIFEST;
  const configType = CONFIG_TYPES[mediaType];
  const config = configType && metadataOf(image)?.Id;
  for (const layer of image.dockerImageLayers ?? [])
    layers.blobs[layer.name] ??= { mediaType: layer.mediaType, size: layer.size };
  if (config) layers.blobs[config] ??= { mediaType: configType } as never;
  layers.blobs[name] ??= { mediaType } as never;
  const manifests = (image.dockerImageManifests ?? []).map((one) => one.digest);
  layers.images[name] = {
    ...(image.dockerImageLayers
      ? { layers: image.dockerImageLayers.map((layer) => layer.name) }
      : {}),
    ...(config ? { config } : {}),
    ...(manifests.length > 0 ? { manifests } : {}),
  };
}

async function collect(client: Client, layers: Layers, name: string): Promise<void> {
  if (layers.images[name]) return;
  const image = await findImage(client, name);
  if (!image) {
    layers.images[name] = { imageMissing: true };
    return;
  }
  addImage(layers, image);
  for (const { digest } of image.dockerImageManifests ?? []) await collect(client, layers, digest);
}

/** imageStreamLayers lists all images of a stream's history with their blobs (`imagestreams/layers`). */
export async function imageStreamLayers(
  client: Client,
  stream: ImageStream,
): Promise<ImageStreamLayers> {
  const layers: Layers = { blobs: {}, images: {} };
  for (const { items } of stream.status?.tags ?? [])
    for (const { image } of items ?? []) if (image) await collect(client, layers, image);
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamLayers',
    metadata: stream.metadata,
    ...layers,
  };
}
