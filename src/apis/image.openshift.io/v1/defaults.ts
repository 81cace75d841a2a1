import { tryParseImageReference } from '../../../machinery/image-reference.ts';
import type {
  ImageImportSpec,
  ImageStream,
  ImageStreamImport,
  RepositoryImportSpec,
  TagReference,
} from './types.ts';

type ImportSettings = Pick<TagReference, 'importPolicy' | 'referencePolicy'>;

function setImportDefaults(settings: ImportSettings): void {
  const policy = settings.importPolicy ?? {};
  if (!policy.importMode) policy.importMode = 'Legacy';
  settings.importPolicy = policy;
  if (!settings.referencePolicy?.type) settings.referencePolicy = { type: 'Source' };
}

/** setTagReferenceDefaults fills in the import mode Legacy and the reference policy Source. */
export function setTagReferenceDefaults(reference: TagReference): void {
  setImportDefaults(reference);
}

/** setImageStreamDefaults follows SetObjectDefaults_ImageStream, and states the lookup policy. */
export function setImageStreamDefaults(stream: ImageStream): void {
  const spec = stream.spec ?? {};
  spec.lookupPolicy ??= { local: false };
  for (const reference of spec.tags ?? []) setImportDefaults(reference);
  stream.spec = spec;
}

function setImageImportDefaults(spec: ImageImportSpec): void {
  const tag = tryParseImageReference(spec.from?.name ?? '')?.tag;
  if (!spec.to && tag) spec.to = { name: tag };
  setImportDefaults(spec);
}

/** setImageStreamImportDefaults: an image goes to the tag of its reference where none is given. */
export function setImageStreamImportDefaults(object: ImageStreamImport): void {
  const repository: RepositoryImportSpec | undefined = object.spec?.repository;
  if (repository) setImportDefaults(repository);
  for (const spec of object.spec?.images ?? []) setImageImportDefaults(spec);
}
