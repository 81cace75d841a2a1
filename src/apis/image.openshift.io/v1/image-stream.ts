import {
  exactReference,
  isDigest,
  tryParseImageReference,
} from '../../../machinery/image-reference.ts';
import { newConflict, newNotFound } from '../../../machinery/status-error.ts';
import { LATEST, splitImageStreamTag } from './names.ts';
import type {
  ImageStream,
  ImageStreamStatus,
  NamedTagEventList,
  TagEvent,
  TagReference,
} from './types.ts';

const IMAGE_STREAM_IMAGE = { group: 'image.openshift.io', resource: 'imagestreamimage' };

/** specTag answers the tag of that name in the stream's spec. */
export function specTag(stream: ImageStream, tag: string): TagReference | undefined {
  return stream.spec?.tags?.find((one) => one.name === tag);
}

/** statusTag answers the history of a tag. */
export function statusTag(stream: ImageStream, tag: string): NamedTagEventList | undefined {
  return stream.status?.tags?.find((one) => one.tag === tag);
}

/** latestTagEvent answers the newest event of a tag's history; an empty tag means `latest`. */
export function latestTagEvent(stream: ImageStream, tag: string): TagEvent | undefined {
  return statusTag(stream, tag === '' ? LATEST : tag)?.items?.[0];
}

/**
 * resolveTagEvent answers where an image of a tag is to be pulled from: through the integrated
 * registry under reference policy Local, else from where it came.
 */
export function resolveTagEvent(stream: ImageStream, tag: string, event: TagEvent): string {
  const local = stream.status?.dockerImageRepository;
  if (specTag(stream, tag)?.referencePolicy?.type !== 'Local' || !local || !event.image)
    return event.dockerImageReference;
  const parsed = tryParseImageReference(local);
  if (!parsed) return event.dockerImageReference;
  return exactReference({ ...parsed, tag: '', id: event.image });
}

/**
 * resolveLatestImage answers the pull specification of a tag's newest image, or undefined while there
 * is none. What the image-change triggers and new-app resolve an ImageStreamTag with.
 */
export function resolveLatestImage(stream: ImageStream, tag: string): string | undefined {
  const event = latestTagEvent(stream, tag);
  return event && resolveTagEvent(stream, tag === '' ? LATEST : tag, event);
}

/** statusOf gives a draft stream a status to change. */
export function statusOf(draft: ImageStream): ImageStreamStatus & { tags: NamedTagEventList[] } {
  const status = draft.status ?? {};
  draft.status = status;
  const tags = status.tags ?? [];
  status.tags = tags;
  return Object.assign(status, { tags });
}

/** historyOf gives a draft stream a history of a tag to change; histories stay sorted by tag. */
export function historyOf(draft: ImageStream, tag: string): NamedTagEventList {
  const { tags } = statusOf(draft);
  const found = tags.find((one) => one.tag === tag);
  if (found) {
    found.items ??= [];
    return found;
  }
  const history: NamedTagEventList = { tag, items: [] };
  tags.push(history);
  tags.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return history;
}

/**
 * addTagEvent records an image as the newest of a tag in a draft and tells whether anything changed.
 * The same image from the same place is not recorded twice; a change of only one of the two replaces
 * the newest event. A recorded image clears the tag's conditions.
 */
export function addTagEvent(draft: ImageStream, tag: string, next: TagEvent): boolean {
  const history = historyOf(draft, tag);
  const previous = history.items[0];
  if (!previous) {
    history.items = [{ ...next }];
    delete history.conditions;
    return true;
  }
  const sameReference = previous.dockerImageReference === next.dockerImageReference;
  const sameImage = previous.image === next.image;
  if (sameReference && sameImage && previous.generation === next.generation) return false;
  delete history.conditions;
  if (!sameReference && !sameImage) {
    history.items = [{ ...next }, ...history.items];
    return true;
  }
  previous.image = next.image;
  previous.dockerImageReference = next.dockerImageReference;
  previous.generation = next.generation;
  return true;
}

/** trackedTag answers the tag of the same stream that a spec tag follows, if it does. */
function trackedTag(stream: ImageStream, reference: TagReference): string | undefined {
  const { from } = reference;
  if (from?.kind !== 'ImageStreamTag') return undefined;
  if (from.namespace && from.namespace !== stream.metadata.namespace) return undefined;
  const text = from.name ?? '';
  if (!text.includes(':')) return text;
  const { name, tag } = splitImageStreamTag(text);
  return name === stream.metadata.name ? tag : undefined;
}

/** updateTrackingTags moves the tags of a draft that follow another tag of it; answers how many moved. */
export function updateTrackingTags(draft: ImageStream, updated: string, event: TagEvent): number {
  let moved = 0;
  for (const reference of draft.spec?.tags ?? []) {
    if (trackedTag(draft, reference) !== updated) continue;
    if (addTagEvent(draft, reference.name, event)) moved++;
  }
  return moved;
}

/** matchesImageId tells whether an id is the beginning of an image's name, with or without `sha256:`. */
export function matchesImageId(image: string, id: string): boolean {
  const hex = isDigest(image) ? image.slice(image.indexOf(':') + 1) : image;
  return id !== '' && (hex.startsWith(id) || image.startsWith(id));
}

/**
 * resolveImageId answers the event of the one image in the histories that an id names. Throws
 * NotFound, or Conflict for an ambiguous id.
 */
export function resolveImageId(stream: ImageStream, id: string, created: string): TagEvent {
  const events = (stream.status?.tags ?? [])
    .flatMap((history) => history.items ?? [])
    .filter((event) => matchesImageId(event.image, id));
  const names = [...new Set(events.map((event) => event.image))].sort();
  const event = events[0];
  if (!event) throw newNotFound(IMAGE_STREAM_IMAGE, id);
  if (names.length > 1) {
    const text = `multiple images match the prefix ${JSON.stringify(id)}: ${names.join(', ')}`;
    throw newConflict(IMAGE_STREAM_IMAGE, id, text);
  }
  const { dockerImageReference, image } = event;
  return { created, dockerImageReference, image, generation: 0 };
}
