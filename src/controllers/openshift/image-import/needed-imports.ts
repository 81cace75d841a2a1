import { statusTag } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import {
  DOCKER_REPOSITORY_CHECK,
  IMPORT_SUCCESS,
  INSECURE_REPOSITORY,
} from '../../../apis/image.openshift.io/v1/names.ts';
import type {
  ImageImportSpec,
  ImageStream,
  ImageStreamImport,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { tryParseImageReference } from '../../../machinery/image-reference.ts';

function isImportable({ from, reference }: TagReference): boolean {
  return from?.kind === 'DockerImage' && !reference;
}

/** observedGeneration is the newest generation of a tag that was imported or failed to be. */
function observedGeneration(stream: ImageStream, tag: string): number {
  const history = statusTag(stream, tag);
  const condition = history?.conditions?.find((one) => one.type === IMPORT_SUCCESS);
  return Math.max(0, history?.items?.[0]?.generation ?? 0, condition?.generation ?? 0);
}

function isOutdated(stream: ImageStream, reference: TagReference): boolean {
  if (!isImportable(reference) || reference.generation === undefined) return false;
  return reference.generation > observedGeneration(stream, reference.name);
}

/** isScheduled tells whether a tag is imported again and again; a digest only until it is there. */
function isScheduled(stream: ImageStream, reference: TagReference): boolean {
  if (!isImportable(reference) || !reference.importPolicy?.scheduled) return false;
  const parsed = tryParseImageReference(reference.from?.name ?? '');
  if (!parsed) return false;
  const event = statusTag(stream, reference.name)?.items?.[0];
  const isThere = event !== undefined && event.generation === reference.generation;
  return parsed.id === '' || !isThere;
}

/** hasScheduledTags tells whether a stream is to be imported periodically. */
export function hasScheduledTags(stream: ImageStream): boolean {
  return (stream.spec?.tags ?? []).some((reference) => isScheduled(stream, reference));
}

function imageImport({ name, from, ...policies }: TagReference): ImageImportSpec {
  const { importPolicy, referencePolicy } = policies;
  return {
    from: { kind: 'DockerImage', name: from?.name ?? '' },
    to: { name },
    ...(importPolicy ? { importPolicy } : {}),
    ...(referencePolicy ? { referencePolicy } : {}),
  };
}

function importOf(
  stream: ImageStream,
  references: readonly TagReference[],
  repository: string | undefined,
): ImageStreamImport | undefined {
  if (references.length === 0 && !repository) return undefined;
  const { name = '', namespace = '', resourceVersion, uid, annotations } = stream.metadata;
  const insecure = annotations?.[INSECURE_REPOSITORY] === 'true';
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    // The import is of this very state of the stream; a newer one is looked at again.
    metadata: {
      name,
      namespace,
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(uid ? { uid } : {}),
    },
    spec: {
      import: true,
      ...(references.length > 0 ? { images: references.map(imageImport) } : {}),
      ...(repository
        ? {
            repository: {
              from: { kind: 'DockerImage', name: repository },
              ...(insecure ? { importPolicy: { insecure } } : {}),
            },
          }
        : {}),
    },
    status: {},
  };
}

/**
 * neededImport answers the import that a stream asks for: all of its repository when it was never
 * imported, else the tags whose generation is newer than what was observed. With `scheduledToo`, the
 * scheduled tags as well.
 */
export function neededImport(
  stream: ImageStream,
  options: { readonly scheduledToo: boolean },
): ImageStreamImport | undefined {
  const references = stream.spec?.tags ?? [];
  const isChecked = Boolean(stream.metadata.annotations?.[DOCKER_REPOSITORY_CHECK]);
  const repository = isChecked ? undefined : stream.spec?.dockerImageRepository || undefined;
  const wanted = references.filter(
    (reference) =>
      (repository !== undefined && isImportable(reference)) ||
      isOutdated(stream, reference) ||
      (!isChecked && isImportable(reference) && reference.generation === undefined) ||
      (options.scheduledToo && isScheduled(stream, reference)),
  );
  return importOf(stream, wanted, repository);
}
