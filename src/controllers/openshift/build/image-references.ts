import type { Build, BuildSpec } from '../../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import {
  resolveImageId,
  resolveLatestImage,
} from '../../../apis/image.openshift.io/v1/image-stream.ts';
import {
  parseImageStreamImageName,
  parseImageStreamTagName,
} from '../../../apis/image.openshift.io/v1/names.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';

/** Streams answers an image stream that is there. */
export type Streams = (namespace: string, name: string) => ImageStream | undefined;

/** Resolution is a build whose references are pull specifications, or why it cannot have them yet. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly build: Build; readonly output: string | undefined }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string };

const BAD_OUTPUT = {
  kind: 'waiting',
  reason: 'InvalidOutputReference',
  message: 'Output image could not be resolved.',
} as const;
const BAD_INPUT = {
  kind: 'waiting',
  reason: 'InvalidImageReference',
  message: 'Referenced image could not be resolved.',
} as const;

/** streamOf answers the stream and tag that a reference means. */
function streamOf(reference: ObjectReference): { name: string; tag: string } | undefined {
  const { kind, name = '' } = reference;
  if (kind === 'ImageStream') return { name, tag: 'latest' };
  if (kind === 'ImageStreamTag') return parseImageStreamTagName(name);
  const image = parseImageStreamImageName(name);
  return image && { name: image.name, tag: 'latest' };
}

function outputOf(build: Build, streams: Streams): string | undefined {
  const to = build.spec?.output?.to;
  if (to === undefined || to.kind === 'DockerImage') return to?.name;
  const parsed = streamOf(to);
  if (parsed === undefined) return undefined;
  const stream = streams(to.namespace || (build.metadata.namespace ?? ''), parsed.name);
  const repository = stream?.status?.dockerImageRepository;
  return repository ? `${repository}:${parsed.tag}` : undefined;
}

function inputOf(reference: ObjectReference, namespace: string, streams: Streams) {
  const { kind, name = '' } = reference;
  if (kind === 'DockerImage') return name;
  const parsed = streamOf(reference);
  const stream = parsed && streams(reference.namespace || namespace, parsed.name);
  if (!parsed || !stream) return undefined;
  if (kind === 'ImageStreamTag') return resolveLatestImage(stream, parsed.tag);
  try {
    const id = parseImageStreamImageName(name)?.id ?? '';
    return resolveImageId(stream, id, '').dockerImageReference;
  } catch {
    return undefined;
  }
}

function inputs(spec: BuildSpec): readonly { from?: ObjectReference }[] {
  const { sourceStrategy, dockerStrategy, customStrategy } = spec.strategy;
  const strategies = [sourceStrategy, dockerStrategy, customStrategy].flatMap((one) => one ?? []);
  return [...strategies, ...(spec.source?.images ?? [])];
}

/**
 * resolveReferences answers a copy of a build with a pull specification in the place of every image
 * reference. The output's stream must exist; its tag need not.
 */
export function resolveReferences(build: Build, streams: Streams): Resolution {
  const draft = structuredClone(build);
  const output = outputOf(draft, streams);
  const to = draft.spec?.output?.to;
  if (draft.spec === undefined) return BAD_INPUT;
  if (to?.name) {
    if (output === undefined) return BAD_OUTPUT;
    draft.spec.output = { ...draft.spec.output, to: { kind: 'DockerImage', name: output } };
  }
  for (const one of inputs(draft.spec)) {
    if (one.from === undefined) continue;
    const name = inputOf(one.from, draft.metadata.namespace ?? '', streams);
    if (name === undefined) return BAD_INPUT;
    one.from = { kind: 'DockerImage', name };
  }
  return { kind: 'resolved', build: draft, output };
}

/** namesStream tells whether a build refers to an image stream. */
export function namesStream(build: Build, stream: ImageStream): boolean {
  const namespace = build.metadata.namespace ?? '';
  const to = build.spec?.output?.to;
  const references = [to, ...(build.spec ? inputs(build.spec).map(({ from }) => from) : [])];
  return references.some((reference) => {
    if (reference === undefined || reference.kind === 'DockerImage') return false;
    const parsed = streamOf(reference);
    return (
      parsed?.name === stream.metadata.name &&
      (reference.namespace || namespace) === stream.metadata.namespace
    );
  });
}
