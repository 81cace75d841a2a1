import { LAYERS_ORDER, MANAGED_BY_OPENSHIFT } from '../apis/image.openshift.io/v1/names.ts';
import type { Image, ImageStream } from '../apis/image.openshift.io/v1/types.ts';
import {
  IMAGE_STREAM_MAPPINGS,
  IMAGE_STREAM_TAGS,
  IMAGE_STREAMS,
  IMAGES,
} from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import { createUnlessExists } from '../client/create-unless-exists.ts';
import { isNotFound, isStatusError, type StatusError } from '../machinery/status-error.ts';
import type { RegistryUser } from './access.ts';
import type { ImageStreams, PushedManifest, StoredManifest, TaggedImage } from './image-streams.ts';
import { RegistryError } from './registry-error.ts';
import { usedImages } from './used-images.ts';

/** ApiImageStreamsOptions are the clients with which tags are read and moved. */
export interface ApiImageStreamsOptions {
  /** Acts as the registry itself: reads streams, creates images and mappings. */
  readonly client: Client;
  /** Acts as the user who pushes: creating a missing stream needs the user's own right. */
  clientFor(user: RegistryUser): Client;
  /** The registry's name in references, such as `image-registry.openshift-image-registry.svc:5000`. */
  readonly internalRegistryHost: string;
}

const GROUP_VERSION = 'image.openshift.io/v1';

function splitRepository(repository: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = repository.split('/');
  return { namespace, name };
}

function imageOf(pushed: StoredManifest, repository: string, host: string): Image {
  const { manifest, digest } = pushed;
  return {
    apiVersion: GROUP_VERSION,
    kind: 'Image',
    metadata: {
      name: digest,
      annotations: {
        [MANAGED_BY_OPENSHIFT]: 'true',
        'image.openshift.io/manifestBlobStored': 'true',
        ...(manifest.isIndex ? {} : { [LAYERS_ORDER]: 'ascending' }),
      },
    },
    dockerImageReference: `${host}/${repository}@${digest}`,
    dockerImageManifest: Buffer.from(pushed.bytes).toString('utf8'),
    dockerImageManifestMediaType: manifest.mediaType,
    ...(pushed.config ? { dockerImageConfig: Buffer.from(pushed.config).toString('utf8') } : {}),
  };
}

/** denied turns what the API refuses into what the registry's client is told. */
function denied(error: StatusError, repository: string): RegistryError {
  if (error.reason === 'Forbidden')
    return new RegistryError('DENIED', error.message, { detail: { repository }, cause: error });
  if (error.reason === 'NotFound')
    return new RegistryError('NAME_UNKNOWN', error.message, { cause: error });
  if (error.code === 422 || error.code === 400)
    return new RegistryError('MANIFEST_INVALID', error.message, { cause: error });
  return new RegistryError('UNKNOWN', error.message, { status: 503, cause: error });
}

class ApiImageStreams implements ImageStreams {
  private readonly options: ApiImageStreamsOptions;

  constructor(options: ApiImageStreamsOptions) {
    this.options = options;
  }

  async tags(repository: string): Promise<readonly string[] | undefined> {
    const stream = await this.find(repository);
    return (
      stream?.status?.tags?.filter((one) => one.items?.[0]?.image).map((one) => one.tag) ??
      (stream ? [] : undefined)
    );
  }

  async resolve(repository: string, tag: string): Promise<TaggedImage | undefined> {
    const stream = await this.find(repository);
    const event = stream?.status?.tags?.find((one) => one.tag === tag)?.items?.[0];
    if (!event?.image) return undefined;
    return { digest: event.image, reference: event.dockerImageReference };
  }

  async images(repository: string): Promise<readonly TaggedImage[]> {
    const stream = await this.find(repository);
    const found = new Map<string, TaggedImage>();
    for (const { items } of stream?.status?.tags ?? [])
      for (const { image, dockerImageReference: reference } of items ?? [])
        if (image && !found.has(image)) found.set(image, { digest: image, reference });
    return [...found.values()];
  }

  used(): Promise<ReadonlySet<string>> {
    return usedImages(this.options.client, this.options.internalRegistryHost);
  }

  async push(pushed: PushedManifest, user: RegistryUser): Promise<void> {
    try {
      await this.map(pushed, user);
    } catch (error) {
      throw isStatusError(error) ? denied(error, pushed.repository) : error;
    }
  }

  async untag(repository: string, tag: string): Promise<void> {
    const { namespace, name } = splitRepository(repository);
    try {
      await this.options.client.delete(IMAGE_STREAM_TAGS, { namespace, name: `${name}:${tag}` });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async repositories(): Promise<readonly string[]> {
    const { items } = await this.options.client.list(IMAGE_STREAMS);
    return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  }

  private async find(repository: string): Promise<ImageStream | undefined> {
    try {
      return await this.options.client.get(IMAGE_STREAMS, splitRepository(repository));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async map(pushed: PushedManifest, user: RegistryUser): Promise<void> {
    if (!(await this.find(pushed.repository))) await this.createStream(pushed.repository, user);
    const host = this.options.internalRegistryHost;
    for (const child of pushed.children)
      await this.createImage(imageOf(child, pushed.repository, host));
    const image = imageOf(pushed, pushed.repository, host);
    await this.options.client.create(IMAGE_STREAM_MAPPINGS, {
      apiVersion: GROUP_VERSION,
      kind: 'ImageStreamMapping',
      metadata: splitRepository(pushed.repository),
      image,
      tag: pushed.tag,
    });
  }

  private async createImage(image: Image): Promise<void> {
    await createUnlessExists(this.options.client, IMAGES, image);
  }

  private async createStream(repository: string, user: RegistryUser): Promise<void> {
    await createUnlessExists(this.options.clientFor(user), IMAGE_STREAMS, {
      apiVersion: GROUP_VERSION,
      kind: 'ImageStream',
      metadata: splitRepository(repository),
    });
  }
}

/** newApiImageStreams makes the image streams of an API server the tags of the registry. */
export function newApiImageStreams(options: ApiImageStreamsOptions): ImageStreams {
  return new ApiImageStreams(options);
}
