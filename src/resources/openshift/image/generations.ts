import { specTag, statusTag } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import type { ImageStream, TagEvent } from '../../../apis/image.openshift.io/v1/types.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { tagReferenceChanged } from './spec-tags.ts';

/** sortSpecTags makes the tags of a spec unique by name, the last one winning, and sorts them. */
export function sortSpecTags(draft: ImageStream): void {
  const tags = draft.spec?.tags;
  if (!draft.spec || !tags) return;
  const byName = new Map(tags.map((one) => [one.name, one]));
  draft.spec.tags = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** dropEmptyHistories removes histories that have neither images nor conditions. */
export function dropEmptyHistories(draft: ImageStream): void {
  const tags = draft.status?.tags;
  if (!draft.status || !tags) return;
  const kept = tags.filter(
    ({ items, conditions }) => (items ?? []).length > 0 || (conditions ?? []).length > 0,
  );
  if (kept.length > 0) draft.status.tags = kept;
  else delete draft.status.tags;
}

/** startGenerations gives a new stream and its tags generation 1. */
export function startGenerations(draft: ImageStream): void {
  draft.metadata.generation = 1;
  for (const reference of draft.spec?.tags ?? []) reference.generation = 1;
}

/**
 * advanceGenerations counts a change of the spec and gives changed tags the new generation. Writers
 * cannot choose a tag's generation, except 0, which asks for a new import.
 */
export function advanceGenerations(draft: ImageStream, old: ImageStream): void {
  const namespace = draft.metadata.namespace ?? '';
  for (const reference of draft.spec?.tags ?? []) {
    const previous = specTag(old, reference.name);
    if (reference.generation === 0 || !previous) continue;
    if (previous.generation === undefined) delete reference.generation;
    else reference.generation = previous.generation;
  }
  const before = old.metadata.generation ?? 0;
  const isChanged = !semanticEqual(old.spec, draft.spec) || before === 0;
  const generation = isChanged ? before + 1 : before;
  draft.metadata.generation = generation;
  for (const reference of draft.spec?.tags ?? []) {
    const previous = specTag(old, reference.name);
    if (!previous || tagReferenceChanged(previous, reference, namespace))
      reference.generation = generation;
    if (!reference.generation) reference.generation = generation;
  }
}

function isNewImage(event: TagEvent, previous: TagEvent | undefined): boolean {
  if (!previous) return false;
  return (
    event.image !== previous.image ||
    event.dockerImageReference !== previous.dockerImageReference ||
    previous.generation > event.generation
  );
}

/** observeGenerations gives new events of a status update the generation of the spec they follow. */
export function observeGenerations(draft: ImageStream, old: ImageStream): void {
  const current = draft.metadata.generation ?? 0;
  for (const { tag, items } of draft.status?.tags ?? []) {
    const event = items?.[0];
    if (!event || event.generation) continue;
    const wanted = specTag(draft, tag)?.generation;
    const moved = isNewImage(event, statusTag(old, tag)?.items?.[0]);
    event.generation = moved && wanted !== undefined ? wanted : current;
  }
}
