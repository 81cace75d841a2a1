import {
  addTagEvent,
  historyOf,
  specTag,
  statusTag,
} from '../../../../apis/image.openshift.io/v1/image-stream.ts';
import { IMPORT_SUCCESS } from '../../../../apis/image.openshift.io/v1/names.ts';
import type {
  Image,
  ImageImportStatus,
  ImageStream,
  ImageStreamImport,
  TagEvent,
  TagImportPolicy,
  TagReference,
  TagReferencePolicy,
} from '../../../../apis/image.openshift.io/v1/types.ts';
import {
  exactReference,
  mostSpecific,
  tryParseImageReference,
} from '../../../../machinery/image-reference.ts';

/** TagImport is the outcome of one import that goes to a tag. */
export interface TagImport {
  readonly tag: string;
  /** The reference that the spec tag gets. */
  readonly from: string;
  readonly status: ImageImportStatus;
  readonly importPolicy: TagImportPolicy | undefined;
  readonly referencePolicy: TagReferencePolicy | undefined;
  /** A failed import of a repository's tag leaves the spec alone; one of a named image is kept there. */
  readonly keepFailed: boolean;
}

/** tagImportsOf lists what an import that ran does to the tags of its stream. */
export function tagImportsOf(object: ImageStreamImport): TagImport[] {
  const imports: TagImport[] = [];
  const { repository, images = [] } = object.spec;
  for (const status of object.status.repository?.images ?? []) {
    const parsed = tryParseImageReference(repository?.from.name ?? '');
    if (!repository || !parsed) continue;
    const tag = status.tag ?? '';
    const from = exactReference({ ...parsed, id: '', tag });
    const { importPolicy, referencePolicy } = repository;
    imports.push({ tag, from, status, importPolicy, referencePolicy, keepFailed: false });
  }
  for (const [index, spec] of images.entries()) {
    const status = object.status.images?.[index];
    if (!spec.to || !status) continue;
    const { importPolicy, referencePolicy } = spec;
    const from = spec.from.name ?? '';
    const tag = spec.to.name ?? '';
    imports.push({ tag, from, status, importPolicy, referencePolicy, keepFailed: true });
  }
  return imports;
}

function ensureSpecTag(draft: ImageStream, one: TagImport, reset: boolean): TagReference {
  const spec = draft.spec ?? {};
  draft.spec = spec;
  const existing = specTag(draft, one.tag);
  if (existing && !reset) return existing;
  const reference: TagReference = {
    ...existing,
    name: one.tag,
    from: { kind: 'DockerImage', name: one.from },
    generation: 0,
    referencePolicy: existing?.referencePolicy?.type
      ? existing.referencePolicy
      : (one.referencePolicy ?? { type: 'Source' }),
  };
  if (one.importPolicy) reference.importPolicy = { ...one.importPolicy };
  spec.tags = [...(spec.tags ?? []).filter((tag) => tag.name !== one.tag), reference];
  return reference;
}

function isTagMoved(draft: ImageStream, tag: string, next: TagEvent): boolean {
  const previous = statusTag(draft, tag)?.items?.[0];
  const wanted = specTag(draft, tag)?.generation;
  if (!previous || wanted === undefined) return true;
  return (
    previous.dockerImageReference !== next.dockerImageReference ||
    previous.image !== next.image ||
    wanted > previous.generation
  );
}

function pullSpecOf(image: Image): string {
  const text = image.dockerImageReference ?? '';
  const parsed = tryParseImageReference(text);
  // An image that only the engine has keeps its tag: nothing can be pulled by its digest.
  if (!parsed || parsed.id === '') return text;
  return exactReference(mostSpecific(parsed));
}

function recordSuccess(
  draft: ImageStream,
  one: TagImport,
  image: Image,
  when: { generation: number; created: string },
): void {
  const event: TagEvent = {
    created: when.created,
    dockerImageReference: pullSpecOf(image),
    image: image.metadata.name ?? '',
    generation: when.generation,
  };
  if (isTagMoved(draft, one.tag, event)) {
    ensureSpecTag(draft, one, true);
    addTagEvent(draft, one.tag, event);
  }
  const reference = specTag(draft, one.tag);
  if (reference && one.importPolicy) reference.importPolicy = { ...one.importPolicy };
  delete historyOf(draft, one.tag).conditions;
}

function recordFailure(
  draft: ImageStream,
  one: TagImport,
  when: { generation: number; created: string },
): void {
  const { status } = one.status;
  const condition = {
    type: IMPORT_SUCCESS,
    status: 'False',
    reason: status.reason ?? '',
    message: status.message || 'unknown error prevented import',
    generation: when.generation,
    lastTransitionTime: when.created,
  };
  const known = (statusTag(draft, one.tag)?.conditions ?? []).some(
    ({ type, status: state, reason = '', message = '' }) =>
      type === condition.type &&
      state === condition.status &&
      reason === condition.reason &&
      message === condition.message,
  );
  if (!known) {
    historyOf(draft, one.tag).conditions = [condition];
    const reference = specTag(draft, one.tag);
    if (reference) reference.generation = 0;
  }
  if (one.keepFailed) ensureSpecTag(draft, one, false);
}

/**
 * applyImport records the outcome of an import in a draft of the stream: spec tags that ask for the
 * generation to come, events of images, and conditions of failures. An outcome that was recorded
 * before changes nothing.
 */
export function applyImport(
  draft: ImageStream,
  imports: readonly TagImport[],
  created: string,
): void {
  const generation = (draft.metadata.generation ?? 0) + 1;
  for (const one of imports) {
    const { image, status } = one.status;
    if (image && status.status === 'Success')
      recordSuccess(draft, one, image, { generation, created });
    else recordFailure(draft, one, { generation, created });
  }
}
