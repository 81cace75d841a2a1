import type {
  ImageStream,
  ImageStreamTag,
  TagReference,
} from '../../apis/image.openshift.io/v1/types.ts';
import { exactReference } from '../../machinery/image-reference.ts';
import type { Pipeline } from './pipeline.ts';

const API_VERSION = 'image.openshift.io/v1';

function trackedTag({ component: { image }, newStream }: Pipeline): TagReference | undefined {
  if (!newStream || image?.kind !== 'registry') return undefined;
  const name = exactReference(image.reference);
  return {
    name: newStream.tag,
    annotations: { 'openshift.io/imported-from': name },
    from: { kind: 'DockerImage', name },
    importPolicy: image.insecure ? { insecure: true } : {},
    referencePolicy: { type: 'Source' },
  };
}

/** inputStreamOf makes the image stream that will track a component's image. */
export function inputStreamOf(pipeline: Pipeline): ImageStream | undefined {
  const tag = trackedTag(pipeline);
  if (!tag || !pipeline.newStream) return undefined;
  return {
    apiVersion: API_VERSION,
    kind: 'ImageStream',
    metadata: { name: pipeline.newStream.name },
    spec: { lookupPolicy: { local: false }, tags: [tag] },
  };
}

/** inputTagOf makes the tag for an image stream that exists already. */
export function inputTagOf(pipeline: Pipeline): ImageStreamTag | undefined {
  const tag = trackedTag(pipeline);
  if (!tag || !pipeline.newStream) return undefined;
  const { newStream } = pipeline;
  return {
    apiVersion: API_VERSION,
    kind: 'ImageStreamTag',
    metadata: { name: `${newStream.name}:${newStream.tag}`, annotations: { ...tag.annotations } },
    tag,
  } as ImageStreamTag;
}

/** outputStreamOf makes the empty image stream that a build pushes to. */
export function outputStreamOf({ output }: Pipeline): ImageStream | undefined {
  if (output?.kind !== 'ImageStreamTag') return undefined;
  const [name = ''] = output.name.split(':');
  return {
    apiVersion: API_VERSION,
    kind: 'ImageStream',
    metadata: { name },
    spec: { lookupPolicy: { local: false } },
  };
}
