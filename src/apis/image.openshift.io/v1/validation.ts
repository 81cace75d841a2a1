import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { ImageReferenceError, parseImageReference } from '../../../machinery/image-reference.ts';
import { pathSegmentErrors } from '../../../machinery/names.ts';
import type {
  Image,
  ImageStream,
  ImageStreamImport,
  ImageStreamMapping,
  TagImportPolicy,
  TagReference,
} from './types.ts';

const NAME_COMPONENT = '[a-z0-9]+(?:[._-][a-z0-9]+)*';
const WHOLE_NAME = new RegExp(`^${NAME_COMPONENT}$`);
const NAME_LENGTH_MAX = 255;

/** parseError answers what is wrong with a pull specification, or undefined. */
function parseError(text: string): string | undefined {
  try {
    parseImageReference(text);
    return undefined;
  } catch (error) {
    if (error instanceof ImageReferenceError) return error.message;
    throw error;
  }
}

/** imageStreamNameErrors: a stream's name must be a component of a repository's name. */
export function imageStreamNameErrors(name: string): string[] {
  const errors = pathSegmentErrors(name);
  if (errors.length > 0) return errors;
  return WHOLE_NAME.test(name) ? [] : [`must match ${JSON.stringify(NAME_COMPONENT)}`];
}

function importPolicyErrors(policy: TagImportPolicy | undefined, path: string): FieldError[] {
  const mode = policy?.importMode ?? '';
  if (['', 'Legacy', 'PreserveOriginal'].includes(mode)) return [];
  const text = "invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'";
  return [invalid(`${path}.importPolicy.importMode`, mode, text)];
}

function fromErrors(reference: TagReference, path: string): FieldError[] {
  const { from, importPolicy } = reference;
  if (!from) return [];
  const errors: FieldError[] = [];
  const name = from.name ?? '';
  if (name === '') errors.push(required(`${path}.from.name`));
  switch (from.kind) {
    case 'DockerImage': {
      const problem = name === '' ? undefined : parseError(name);
      if (problem !== undefined) errors.push(invalid(`${path}.from.name`, name, problem));
      break;
    }
    case 'ImageStreamTag':
    case 'ImageStreamImage':
      if (importPolicy?.scheduled) {
        const text =
          'only tags pointing to Docker repositories may be scheduled for background import';
        errors.push(invalid(`${path}.importPolicy.scheduled`, true, text));
      }
      break;
    default: {
      const text = "valid values are 'DockerImage', 'ImageStreamImage', 'ImageStreamTag'";
      errors.push(required(`${path}.from.kind`, text));
    }
  }
  return errors;
}

/** tagReferenceErrors checks one tag of a spec (ValidateImageStreamTagReference). */
export function tagReferenceErrors(reference: TagReference, path: string): FieldError[] {
  const errors = fromErrors(reference, path);
  const type = reference.referencePolicy?.type ?? '';
  if (type !== 'Source' && type !== 'Local') {
    const text = 'valid values are "Source", "Local"';
    errors.push(invalid(`${path}.referencePolicy.type`, type, text));
  }
  return [...errors, ...importPolicyErrors(reference.importPolicy, path)];
}

function repositoryErrors(repository: string): FieldError[] {
  const path = 'spec.dockerImageRepository';
  const problem = parseError(repository);
  if (problem !== undefined) return [invalid(path, repository, problem)];
  const { tag, id } = parseImageReference(repository);
  const errors: FieldError[] = [];
  if (tag !== '')
    errors.push(invalid(path, repository, 'the repository name may not contain a tag'));
  if (id !== '')
    errors.push(invalid(path, repository, 'the repository name may not contain an ID'));
  return errors;
}

function eventErrors(stream: ImageStream): FieldError[] {
  return (stream.status?.tags ?? []).flatMap(({ tag, items }) =>
    (items ?? []).flatMap(({ dockerImageReference: text }, index) => {
      const path = `status.tags[${tag}].items[${index}].dockerImageReference`;
      if (!text) return [required(path)];
      const problem = parseError(text);
      return problem === undefined ? [] : [invalid(path, text, problem)];
    }),
  );
}

/** validateImageStream follows ValidateImageStream of openshift-apiserver. */
export function validateImageStream(stream: ImageStream): FieldError[] {
  const { name = '', namespace = '' } = stream.metadata;
  const errors = imageStreamNameErrors(name).map((text) => invalid('metadata.name', name, text));
  if (`${namespace}/${name}`.length > NAME_LENGTH_MAX) {
    const text = `'namespace/name' cannot be longer than ${NAME_LENGTH_MAX} characters`;
    errors.push(invalid('metadata.name', name, text));
  }
  const repository = stream.spec?.dockerImageRepository;
  if (repository) errors.push(...repositoryErrors(repository));
  for (const reference of stream.spec?.tags ?? [])
    errors.push(...tagReferenceErrors(reference, `spec.tags[${reference.name}]`));
  return [...errors, ...eventErrors(stream)];
}

/** validateImage follows ValidateImage; `path` is the field that holds the image, or empty. */
export function validateImage(image: Image, path = ''): FieldError[] {
  const field = path === '' ? 'dockerImageReference' : `${path}.dockerImageReference`;
  const reference = image.dockerImageReference ?? '';
  if (reference === '') return [required(field)];
  const problem = parseError(reference);
  return problem === undefined ? [] : [invalid(field, reference, problem)];
}

/** validateImageStreamMapping follows ValidateImageStreamMapping. */
export function validateImageStreamMapping(mapping: ImageStreamMapping): FieldError[] {
  const errors: FieldError[] = [];
  if (!mapping.tag) errors.push(required('tag'));
  if (!mapping.image?.metadata?.name) errors.push(required('image.metadata.name'));
  return [...errors, ...validateImage(mapping.image, 'image')];
}

function imageImportErrors(object: ImageStreamImport): FieldError[] {
  return (object.spec.images ?? []).flatMap((spec, index) => {
    const path = `spec.images[${index}]`;
    const errors: FieldError[] = [];
    const name = spec.from?.name ?? '';
    if (spec.from?.kind !== 'DockerImage') {
      const kind = spec.from?.kind ?? '';
      errors.push(invalid(`${path}.from.kind`, kind, 'only DockerImage is supported'));
    } else {
      if (spec.to && !spec.to.name) {
        const text = 'the name of the target tag must be specified';
        errors.push(invalid(`${path}.to.name`, '', text));
      }
      const problem = name === '' || name === '*' ? undefined : parseError(name);
      if (name === '') errors.push(required(`${path}.from.name`));
      if (problem !== undefined) errors.push(invalid(`${path}.from.name`, name, problem));
    }
    return [...errors, ...importPolicyErrors(spec.importPolicy, path)];
  });
}

function repositoryImportErrors(object: ImageStreamImport): FieldError[] {
  const spec = object.spec.repository;
  if (!spec) return [];
  const path = 'spec.repository';
  const name = spec.from?.name ?? '';
  if (spec.from?.kind !== 'DockerImage')
    return [invalid(`${path}.from.kind`, spec.from?.kind ?? '', 'only DockerImage is supported')];
  if (name === '')
    return [required(`${path}.from.name`, 'container image references require a name')];
  const problem = parseError(name);
  if (problem !== undefined) return [invalid(`${path}.from.name`, name, problem)];
  const { tag, id } = parseImageReference(name);
  const text = 'you must specify an image repository, not a tag or ID';
  const errors = tag === '' && id === '' ? [] : [invalid(`${path}.from.name`, name, text)];
  return [...errors, ...importPolicyErrors(spec.importPolicy, path)];
}

/** validateImageStreamImport follows ValidateImageStreamImport. */
export function validateImageStreamImport(object: ImageStreamImport): FieldError[] {
  const errors = [...imageImportErrors(object), ...repositoryImportErrors(object)];
  if ((object.spec.images ?? []).length === 0 && !object.spec.repository) {
    const text = 'you must specify at least one image or a repository import';
    errors.push(invalid('spec.images', null, text));
  }
  const name = object.metadata.name ?? '';
  const nameErrors = imageStreamNameErrors(name);
  return [...errors, ...nameErrors.map((one) => invalid('metadata.name', name, one))];
}
