import type { ImageStream, TagReference } from '../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_IMAGES, IMAGE_STREAMS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { tryParseImageReference } from '../../machinery/image-reference.ts';
import { isNotFound, isStatusError } from '../../machinery/status-error.ts';
import { NewAppError } from '../new-app-error.ts';
import { imageInfoOf } from './image-info.ts';
import type { StreamMatch } from './image-match.ts';

/** SHARED_NAMESPACE is the project whose image streams everybody may use. */
export const SHARED_NAMESPACE = 'openshift';

/** StreamSearchOptions say where image streams are looked for. */
export interface StreamSearchOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly allowMissingTags: boolean;
}

interface Found {
  readonly stream: ImageStream;
  readonly tag: string;
}

/** specTag answers the tag of an image stream's spec. */
export function specTag(stream: ImageStream, tag: string): TagReference | undefined {
  return stream.spec?.tags?.find((one) => one.name === tag);
}

/** latestImage answers the newest image of a tag; undefined when it has none. */
export function latestImage(stream: ImageStream, tag: string): string | undefined {
  return stream.status?.tags?.find((one) => one.tag === tag)?.items?.[0]?.image || undefined;
}

/** isHidden tells whether a tag is annotated not to be offered. */
export function isHidden(tag: TagReference | undefined): boolean {
  return (tag?.annotations?.tags ?? '').split(',').includes('hidden');
}

const nameOf = ({ metadata }: ImageStream) => `${metadata.namespace}/${metadata.name}`;

/** StreamSearch finds images in the image streams of the project and of the shared one. */
export class StreamSearch {
  private readonly options: StreamSearchOptions;
  private readonly lists = new Map<string, Promise<ImageStream[]>>();

  constructor(options: StreamSearchOptions) {
    this.options = options;
  }

  private get namespaces(): string[] {
    return [...new Set([this.options.namespace, SHARED_NAMESPACE])];
  }

  private streams(namespace: string): Promise<ImageStream[]> {
    let list = this.lists.get(namespace);
    if (!list) {
      list = this.options.client.list(IMAGE_STREAMS, { namespace }).then(
        ({ items }) => items,
        (error: unknown) => {
          if (isNotFound(error) || isStatusError(error, 'Forbidden')) return [];
          throw error;
        },
      );
      this.lists.set(namespace, list);
    }
    return list;
  }

  /**
   * byName finds `[NAMESPACE/]NAME[:TAG]`; without a tag `latest`, or what `latest` follows.
   * Undefined when there is no such stream; NewAppError when it has no such tag.
   */
  async byName(input: string): Promise<StreamMatch | undefined> {
    const reference = tryParseImageReference(input);
    if (reference?.registry !== '' || reference.id !== '') return undefined;
    const namespaces = reference.namespace === '' ? this.namespaces : [reference.namespace];
    for (const namespace of namespaces) {
      const streams = await this.streams(namespace);
      const stream = streams.find((one) => one.metadata.name === reference.name);
      if (!stream) continue;
      const tag = this.chooseTag(stream, reference.tag);
      if (tag !== undefined) return this.match({ stream, tag }, input);
      this.failWithTags(stream, input);
    }
    return undefined;
  }

  private chooseTag(stream: ImageStream, wanted: string): string | undefined {
    let tag = wanted || 'latest';
    const spec = specTag(stream, tag);
    const hidden = wanted === '' && isHidden(spec);
    const followed = spec?.from?.kind === 'ImageStreamTag' ? (spec.from.name ?? '') : '';
    if (wanted === '' && followed !== '' && !followed.includes(':') && !hidden) {
      const other = specTag(stream, followed);
      if (other && !isHidden(other) && latestImage(stream, followed)) tag = followed;
    }
    if (!hidden && latestImage(stream, tag)) return tag;
    return this.options.allowMissingTags ? tag : undefined;
  }

  private failWithTags(stream: ImageStream, input: string): never {
    const tags = (stream.status?.tags ?? [])
      .map((one) => one.tag)
      .filter((tag) => latestImage(stream, tag) && !isHidden(specTag(stream, tag)));
    const name = nameOf(stream);
    if (tags.length === 0)
      throw new NewAppError(`no tags found on matching image stream: ${JSON.stringify(name)}

The image stream ${JSON.stringify(name)} exists, but it has no tags.

  Use --allow-missing-imagestream-tags to use this image stream

`);
    const list = tags.map(
      (tag) =>
        `* Image stream ${JSON.stringify(stream.metadata.name)} (tag ${JSON.stringify(tag)}) in project ${JSON.stringify(stream.metadata.namespace)}\n  Use --image-stream="${name}:${tag}" to specify this image or template\n`,
    );
    if (tags.length === 1)
      throw new NewAppError(`only a partial match was found for ${JSON.stringify(input)}: "${name}:${tags[0]}"

The argument ${JSON.stringify(input)} only partially matched the following container image, OpenShift image stream, or template:

${list.join('\n')}\n`);
    throw new NewAppError(`multiple images or templates matched ${JSON.stringify(input)}: ${tags.length}

The argument ${JSON.stringify(input)} could apply to the following container images, OpenShift image streams, or templates:

${list.join('\n')}\n`);
  }

  /** bySupports finds the image whose tag says that it supports a language; undefined when none does. */
  async bySupports(language: string): Promise<StreamMatch | undefined> {
    for (const namespace of this.namespaces) {
      const found = (await this.streams(namespace)).flatMap((stream) =>
        (stream.spec?.tags ?? [])
          .filter(
            (tag) =>
              !isHidden(tag) &&
              (tag.annotations?.supports ?? '').split(',').includes(language) &&
              latestImage(stream, tag.name),
          )
          .map((tag) => ({ stream, tag: tag.name })),
      );
      const [first] = found;
      if (!first) continue;
      const preferred = found.find(({ tag }) => tag === 'latest') ?? first;
      return this.match(preferred, language);
    }
    return undefined;
  }

  private async match({ stream, tag }: Found, input: string): Promise<StreamMatch> {
    const namespace = stream.metadata.namespace ?? '';
    const name = stream.metadata.name ?? '';
    const image = latestImage(stream, tag);
    const read = async () => {
      if (!image) return undefined;
      try {
        const { image: found } = await this.options.client.get(IMAGE_STREAM_IMAGES, {
          namespace,
          name: `${name}@${image}`,
        });
        return imageInfoOf(found);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    };
    const info = await read();
    const annotations = { ...info?.labels, ...specTag(stream, tag)?.annotations };
    return { kind: 'stream', input, namespace, name, tag, info, annotations };
  }
}
