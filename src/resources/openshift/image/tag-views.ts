import {
  emptyDockerImage,
  withoutRawContents,
} from '../../../apis/image.openshift.io/v1/docker-image.ts';
import {
  latestTagEvent,
  resolveTagEvent,
  specTag,
  statusTag,
} from '../../../apis/image.openshift.io/v1/image-stream.ts';
import { joinImageStreamTag } from '../../../apis/image.openshift.io/v1/names.ts';
import type {
  Image,
  ImageStream,
  ImageStreamTag,
  ImageTag,
  TagEvent,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { newNotFound } from '../../../machinery/status-error.ts';

/** ViewOptions: without `allowEmpty` a tag that has no image is NotFound. */
export interface ViewOptions {
  readonly image?: Image | undefined;
  readonly allowEmpty: boolean;
}

/** embeddedImage is an image inside another object: without kind, version and raw contents. */
export function embeddedImage(image: Image, annotations: Record<string, string> = {}): Image {
  const { apiVersion: _version, kind: _kind, ...rest } = withoutRawContents(image);
  const all = { ...rest.metadata.annotations, ...annotations };
  const metadata =
    Object.keys(all).length > 0 ? { ...rest.metadata, annotations: all } : rest.metadata;
  return { ...rest, metadata } as Image;
}

function namedImage(name: string): Image {
  const image: Omit<Image, 'apiVersion' | 'kind'> = {
    metadata: name === '' ? {} : { name },
    dockerImageMetadata: { ...emptyDockerImage('') },
    dockerImageMetadataVersion: '1.0',
  };
  return image as Image;
}

function withReference(image: Image, reference: string): Image {
  return { ...image, dockerImageReference: reference };
}

/** imageStreamTagView shows a tag of a stream as an ImageStreamTag. */
export function imageStreamTagView(
  stream: ImageStream,
  tag: string,
  { image, allowEmpty }: ViewOptions,
): ImageStreamTag {
  const name = joinImageStreamTag(stream.metadata.name ?? '', tag);
  const found = latestTagEvent(stream, tag);
  if (!found?.image && !allowEmpty)
    throw newNotFound({ group: 'image.openshift.io', resource: 'imagestreamtags' }, name);
  const { creationTimestamp, labels, namespace, resourceVersion, uid } = stream.metadata;
  const event: TagEvent = found?.image
    ? found
    : { created: creationTimestamp ?? '', dockerImageReference: '', image: '', generation: 0 };
  const reference = specTag(stream, tag);
  const annotations = { ...reference?.annotations };
  const shown = image ? embeddedImage(image, annotations) : namedImage(event.image);
  const conditions = statusTag(stream, tag)?.conditions;
  const view = {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamTag',
    metadata: {
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(event.created ? { creationTimestamp: event.created } : {}),
      ...(labels ? { labels } : {}),
      name,
      namespace,
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(uid ? { uid } : {}),
    },
    tag: reference ? structuredClone(reference) : null,
    generation: event.generation,
    lookupPolicy: stream.spec?.lookupPolicy ?? { local: false },
    ...(conditions && conditions.length > 0 ? { conditions } : {}),
    image: withReference(shown, resolveTagEvent(stream, tag, event)),
  };
  return view as ImageStreamTag;
}

/** imageTagView shows a tag of a stream as an ImageTag: spec, history and newest image. */
export function imageTagView(
  stream: ImageStream,
  tag: string,
  { image, allowEmpty }: ViewOptions,
): ImageTag {
  const name = joinImageStreamTag(stream.metadata.name ?? '', tag);
  const [spec, status] = [specTag(stream, tag), statusTag(stream, tag)];
  if (!spec && !status && !allowEmpty)
    throw newNotFound({ group: 'image.openshift.io', resource: 'imagetags' }, name);
  const event = status?.items?.[0];
  const shown =
    image && event
      ? withReference(embeddedImage(image), resolveTagEvent(stream, tag, event))
      : null;
  const { managedFields: _managed, ...metadata } = stream.metadata;
  const view = {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageTag',
    metadata: { ...metadata, name },
    spec: spec ? structuredClone(spec) : null,
    status: status ? structuredClone(status) : null,
    image: shown,
  };
  return view as unknown as ImageTag;
}
