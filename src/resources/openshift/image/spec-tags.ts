import {
  addTagEvent,
  latestTagEvent,
  resolveImageId,
  statusTag,
  updateTrackingTags,
} from '../../../apis/image.openshift.io/v1/image-stream.ts';
import type {
  ImageStream,
  NamedTagEventList,
  TagEvent,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { type FieldError, forbidden, invalid, notFound } from '../../../machinery/field-error.ts';
import { exactReference, tryParseImageReference } from '../../../machinery/image-reference.ts';
import { isStatusError } from '../../../machinery/status-error.ts';

/** SpecTagsContext is what the tags of a spec are resolved with. */
export interface SpecTagsContext {
  /** The host of the integrated registry in references. */
  readonly internalRegistryHost: string;
  /** Creation time of new events. */
  readonly created: string;
  /** Answers a stream of another name or namespace, or undefined. */
  getStream(namespace: string, name: string): Promise<ImageStream | undefined>;
  /** Tells whether the user may pull from a stream of another namespace. */
  canPull(namespace: string, name: string): Promise<boolean>;
}

interface Source {
  readonly namespace: string;
  readonly name: string;
  readonly tagOrId: string;
}

/** parseSource reads `<tag>`, `<stream>:<tag>`, `<id>` or `<stream>@<id>`; undefined if it is neither. */
function parseSource(stream: ImageStream, reference: TagReference): Source | undefined {
  const { kind, name = '', namespace } = reference.from ?? {};
  const separator = kind === 'ImageStreamTag' ? ':' : '@';
  const parts = name.split(separator);
  const inNamespace = namespace || (stream.metadata.namespace ?? '');
  if (kind !== 'ImageStreamTag' && kind !== 'ImageStreamImage') return undefined;
  if (parts.length === 1)
    return { namespace: inNamespace, name: stream.metadata.name ?? '', tagOrId: name };
  if (parts.length !== 2) return undefined;
  return { namespace: inNamespace, name: parts[0] ?? '', tagOrId: parts[1] ?? '' };
}

/**
 * tagReferenceChanged tells whether a spec tag means something new: another source, another import
 * mode, or generation 0, which asks for a new import.
 */
export function tagReferenceChanged(
  old: TagReference,
  next: TagReference,
  namespace: string,
): boolean {
  if (!next.from?.kind && !next.from?.name) return false;
  if ((old.from?.namespace || namespace) !== (next.from.namespace || namespace)) return true;
  if ((old.from?.name ?? '') !== (next.from.name ?? '')) return true;
  if (Boolean(old.reference) !== Boolean(next.reference)) return true;
  if ((old.importPolicy?.importMode ?? '') !== (next.importPolicy?.importMode ?? '')) return true;
  return old.generation !== undefined && old.generation !== 0 && next.generation === 0;
}

function isSameStream(source: Source, stream: ImageStream): boolean {
  const { namespace, name } = stream.metadata;
  return source.namespace === namespace && source.name === name;
}

/** localized points an event of another stream of the integrated registry to this stream. */
function localized(
  event: TagEvent,
  places: { source: Source; stream: ImageStream; registry: string },
): TagEvent {
  const { source, stream, registry } = places;
  const parsed = tryParseImageReference(event.dockerImageReference);
  if (!parsed || parsed.registry !== registry) return event;
  if (parsed.namespace !== source.namespace || parsed.name !== source.name) return event;
  const { namespace = '', name = '' } = stream.metadata;
  return { ...event, dockerImageReference: exactReference({ ...parsed, namespace, name }) };
}

function eventOf(
  from: ImageStream,
  reference: TagReference,
  source: Source,
  created: string,
): TagEvent | undefined {
  const generation = reference.generation ?? 0;
  if (reference.from?.kind === 'ImageStreamImage')
    return { ...resolveImageId(from, source.tagOrId, created), generation };
  const event = latestTagEvent(from, source.tagOrId);
  return event && { ...event, generation };
}

async function followSource(
  draft: ImageStream,
  reference: TagReference,
  context: SpecTagsContext,
): Promise<FieldError[]> {
  const path = `spec.tags[${reference.name}].from.name`;
  const name = reference.from?.name ?? '';
  const source = parseSource(draft, reference);
  if (!source) {
    const text = 'must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>';
    return [invalid(path, name, text)];
  }
  const from = isSameStream(source, draft)
    ? draft
    : await context.getStream(source.namespace, source.name);
  if (!from) return [notFound(path, name)];
  try {
    const event = eventOf(from, reference, source, context.created);
    // A tag that does not exist yet is no error: it is followed once it does.
    if (!event) return [];
    const registry = context.internalRegistryHost;
    const own = reference.reference ? event : localized(event, { source, stream: draft, registry });
    addTagEvent(draft, reference.name, own);
    return [];
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return [invalid(path, name, `error generating tag event: ${error.message}`)];
  }
}

async function applyTag(
  draft: ImageStream,
  reference: TagReference,
  context: SpecTagsContext,
): Promise<FieldError[]> {
  reference.generation = draft.metadata.generation ?? 0;
  if (reference.from?.kind !== 'DockerImage') return followSource(draft, reference, context);
  if (!reference.reference || !reference.from.name) return [];
  addTagEvent(draft, reference.name, {
    created: context.created,
    dockerImageReference: reference.from.name,
    image: '',
    generation: reference.generation,
  });
  return [];
}

/** forbiddenTags refuses tags that follow streams which the user may not pull from. */
async function forbiddenTags(
  draft: ImageStream,
  changed: readonly TagReference[],
  context: SpecTagsContext,
): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  for (const reference of changed) {
    const { from } = reference;
    if (!from?.namespace || from.namespace === draft.metadata.namespace) continue;
    const source = parseSource(draft, reference);
    if (!source || (await context.canPull(source.namespace, source.name))) continue;
    const path = `spec.tags[${reference.name}].from`;
    errors.push(forbidden(path, `${source.namespace}/${source.name}: "" ""`));
  }
  return errors;
}

function newestChanged(
  now: NamedTagEventList,
  before: NamedTagEventList | undefined,
): TagEvent | undefined {
  const [newest, previous] = [now.items?.[0], before?.items?.[0]];
  if (!newest || !previous) return newest;
  const same =
    newest.created === previous.created &&
    newest.dockerImageReference === previous.dockerImageReference &&
    newest.image === previous.image &&
    newest.generation === previous.generation;
  return same ? undefined : newest;
}

function moveTrackingTags(draft: ImageStream, old: ImageStream | undefined): void {
  for (const history of [...(draft.status?.tags ?? [])]) {
    const event = newestChanged(history, old && statusTag(old, history.tag));
    if (event) updateTrackingTags(draft, history.tag, event);
  }
}

/**
 * applySpecTags brings the histories of a draft in line with its spec: tags that are new or changed
 * get the image that they refer to, in this stream or another, and tags that follow a moved tag move
 * with it. Answers what is wrong with the references (tagsChanged of openshift-apiserver).
 */
export async function applySpecTags(
  draft: ImageStream,
  old: ImageStream | undefined,
  context: SpecTagsContext,
): Promise<FieldError[]> {
  const namespace = draft.metadata.namespace ?? '';
  const before = new Map((old?.spec?.tags ?? []).map((one) => [one.name, one]));
  const changed = (draft.spec?.tags ?? []).filter((reference) => {
    const previous = before.get(reference.name);
    const isChanged = !previous || tagReferenceChanged(previous, reference, namespace);
    return isChanged && reference.from !== undefined;
  });
  const errors = await forbiddenTags(draft, changed, context);
  if (errors.length > 0) return errors;
  for (const reference of changed) errors.push(...(await applyTag(draft, reference, context)));
  moveTrackingTags(draft, old);
  return errors;
}
