import { specTag } from '../../../../apis/image.openshift.io/v1/image-stream.ts';
import { PREFER_ARCH, PREFER_OS } from '../../../../apis/image.openshift.io/v1/names.ts';
import type {
  ImageImportSpec,
  ImageImportStatus,
  ImageStream,
  ImageStreamImport,
  RepositoryImportStatus,
  TagImportPolicy,
} from '../../../../apis/image.openshift.io/v1/types.ts';
import { invalid } from '../../../../machinery/field-error.ts';
import {
  dockerClientDefaults,
  exactReference,
  type ImageReference,
  ImageReferenceError,
  parseImageReference,
} from '../../../../machinery/image-reference.ts';
import type { Status } from '../../../../machinery/meta/v1.ts';
import { newInvalid, newNotFound } from '../../../../machinery/status-error.ts';
import { embeddedStatus, importStatus, SUCCESS_STATUS } from './import-status.ts';
import { imageOfLocal, isPulled, type LocalImage } from './local-image.ts';
import { type ImportedImage, type ReadOptions, readImage } from './read-image.ts';
import { RemoteError } from './remote-error.ts';
import type { RemoteRegistry } from './remote-registry.ts';

/** ImportContext is what an import works with. */
export interface ImportContext {
  readonly registry: RemoteRegistry;
  readonly localImages: ((reference: string) => Promise<LocalImage | undefined>) | undefined;
  readonly now: Date;
}

/** REPOSITORY_TAGS_MAX is how many tags of a repository are imported at once; the rest are named. */
const REPOSITORY_TAGS_MAX = 50;

function readOptions(
  policy: TagImportPolicy | undefined,
  annotations: Readonly<Record<string, string>>,
  now: Date,
): ReadOptions {
  return {
    insecure: policy?.insecure ?? false,
    importMode: policy?.importMode ?? 'Legacy',
    preferArchitecture: annotations[PREFER_ARCH],
    preferOs: annotations[PREFER_OS],
    now,
  };
}

/**
 * localInstead answers the engine's image where that is no way around a registry's refusal: the
 * registry cannot be reached, or the image was made on this machine and is in no registry at all.
 */
async function localInstead(
  context: ImportContext,
  reference: ImageReference,
  error: RemoteError,
): Promise<LocalImage | undefined> {
  const local = await context.localImages?.(exactReference(dockerClientDefaults(reference)));
  if (!local || error.failure === 'unreachable') return local;
  const isRefused = error.failure === 'notFound' || error.failure === 'unauthorized';
  return isRefused && !isPulled(local, reference) ? local : undefined;
}

/** readAnywhere reads an image from its registry or a mirror, else from the container engine. */
export async function readAnywhere(
  context: ImportContext,
  reference: ImageReference,
  options: ReadOptions,
): Promise<ImportedImage> {
  const whole = dockerClientDefaults(reference);
  try {
    const read = await readImage(context.registry, whole, options);
    // References keep the form in which the user wrote them.
    const { name = '' } = read.image.metadata;
    const own = exactReference({ ...reference, tag: '', id: name });
    return { ...read, image: { ...read.image, dockerImageReference: own } };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const local = await localInstead(context, reference, error);
    if (!local) throw error;
    return { image: imageOfLocal(local, reference), manifests: [] };
  }
}

function parseOrStatus(name: string): ImageReference | Status {
  try {
    return parseImageReference(name);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    const problem = invalid('from.name', name, `invalid name: ${error.message}`);
    return newInvalid({ group: '', kind: '' }, '', [problem]).status;
  }
}

async function importOne(
  spec: ImageImportSpec,
  stream: ImageStream,
  context: ImportContext,
): Promise<ImageImportStatus> {
  const name = spec.from.name ?? '';
  const reference = parseOrStatus(name === '*' ? '' : name);
  if (!('registry' in reference)) return { status: reference };
  const whole = dockerClientDefaults(reference);
  const tag = reference.id === '' ? whole.tag : '';
  const annotations = specTag(stream, spec.to?.name ?? whole.tag)?.annotations ?? {};
  const options = readOptions(spec.importPolicy, annotations, context.now);
  try {
    const { image, manifests } = await readAnywhere(context, reference, options);
    const found = { image, status: SUCCESS_STATUS, ...(tag === '' ? {} : { tag }) };
    return manifests.length > 0 ? { ...found, manifests: [...manifests] } : found;
  } catch (error) {
    return { status: importStatus(error, whole), ...(tag === '' ? {} : { tag }) };
  }
}

async function importTag(
  reference: ImageReference,
  tag: string,
  options: ReadOptions,
  context: ImportContext,
): Promise<ImageImportStatus> {
  const tagged = { ...reference, tag };
  try {
    const { image, manifests } = await readAnywhere(context, tagged, options);
    return { tag, image, manifests: [...manifests], status: SUCCESS_STATUS };
  } catch (error) {
    return { tag, status: importStatus(error, dockerClientDefaults(tagged)) };
  }
}

function summaryOf(images: readonly ImageImportStatus[]): Status {
  const failures = images.filter((one) => one.status.status !== 'Success').length;
  if (failures === 0) return SUCCESS_STATUS;
  const message =
    failures === 1
      ? 'one of the images from this repository failed to import'
      : `${failures} of the images from this repository failed to import`;
  return embeddedStatus({ status: 'Failure', reason: 'ImportFailed', message });
}

/** importRepository imports the tags that `order` puts first and names the others. */
export async function importRepository(
  object: ImageStreamImport,
  order: (tags: readonly string[]) => string[],
  context: ImportContext,
): Promise<RepositoryImportStatus | undefined> {
  const spec = object.spec.repository;
  if (!spec) return undefined;
  const reference = parseOrStatus(spec.from.name ?? '');
  if (!('registry' in reference)) return { status: reference };
  const options = readOptions(spec.importPolicy, {}, context.now);
  const whole = dockerClientDefaults(reference);
  let tags: string[];
  try {
    tags = order([...new Set(await context.registry.tags(whole, options.insecure))]);
  } catch (error) {
    if (error instanceof RemoteError && error.failure === 'notFound') {
      const resource = { group: 'image.openshift.io', resource: 'dockerimage' };
      return { status: newNotFound(resource, exactReference(reference)).status };
    }
    return { status: importStatus(error, { ...whole, tag: '' }) };
  }
  const images: ImageImportStatus[] = [];
  for (const tag of tags.slice(0, REPOSITORY_TAGS_MAX))
    images.push(await importTag(reference, tag, options, context));
  const additionalTags = tags.slice(REPOSITORY_TAGS_MAX);
  return {
    status: summaryOf(images),
    images,
    ...(additionalTags.length > 0 ? { additionalTags } : {}),
  };
}

/** importImages imports every image that is named, each with its own status. */
export async function importImages(
  object: ImageStreamImport,
  stream: ImageStream,
  context: ImportContext,
): Promise<ImageImportStatus[]> {
  return Promise.all((object.spec.images ?? []).map((spec) => importOne(spec, stream, context)));
}
