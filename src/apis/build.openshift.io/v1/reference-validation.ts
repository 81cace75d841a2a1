import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { ImageReferenceError, parseImageReference } from '../../../machinery/image-reference.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import type { LocalObjectReference, ObjectReference } from '../../core/v1/types.ts';
import { parseImageStreamTagName } from '../../image.openshift.io/v1/names.ts';
import { imageStreamNameErrors } from '../../image.openshift.io/v1/validation.ts';

interface Texts {
  readonly tagForm: string;
  readonly tagName: string;
  readonly namespace: string;
  readonly dockerNamespace: string;
  readonly dockerName: string;
}

const INPUT: Texts = {
  tagForm: 'must be <name>:<tag>',
  tagName: 'invalid name syntax',
  namespace: 'must be a valid namespace',
  dockerNamespace: "not valid when used with a 'DockerImage'",
  dockerName: 'not a valid Docker pull specification',
};

const OUTPUT: Texts = {
  tagForm: 'ImageStreamTag object references must be in the form <name>:<tag>',
  tagName: 'ImageStreamTag name contains invalid syntax',
  namespace: 'namespace must be a valid subdomain',
  dockerNamespace: "namespace is not valid when used with a 'DockerImage'",
  dockerName: 'name is not a valid Docker pull specification',
};

function namespaceErrors(namespace: string | undefined, path: string, text: string): FieldError[] {
  if (!namespace || dnsSubdomainErrors(namespace).length === 0) return [];
  return [invalid(`${path}.namespace`, namespace, text)];
}

function tagErrors(reference: ObjectReference, path: string, texts: Texts): FieldError[] {
  const { name = '', namespace } = reference;
  const errors = namespaceErrors(namespace, path, texts.namespace);
  if (name === '') return [required(`${path}.name`), ...errors];
  const parsed = parseImageStreamTagName(name);
  if (parsed === undefined) return [invalid(`${path}.name`, name, texts.tagForm), ...errors];
  if (imageStreamNameErrors(parsed.name).length > 0) {
    return [invalid(`${path}.name`, name, texts.tagName), ...errors];
  }
  return errors;
}

function dockerErrors(reference: ObjectReference, path: string, texts: Texts): FieldError[] {
  const { name = '', namespace } = reference;
  const errors: FieldError[] = [];
  if (namespace) errors.push(invalid(`${path}.namespace`, namespace, texts.dockerNamespace));
  try {
    parseImageReference(name);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    errors.push(invalid(`${path}.name`, name, `${texts.dockerName}: ${error.message}`));
  }
  return errors;
}

/** outputReferenceErrors validates `spec.output.to`. */
export function outputReferenceErrors(reference: ObjectReference, path: string): FieldError[] {
  if (!reference.kind) return [required(`${path}.kind`)];
  if (reference.kind === 'ImageStreamTag') return tagErrors(reference, path, OUTPUT);
  if (reference.kind === 'DockerImage') return dockerErrors(reference, path, OUTPUT);
  const text = "the target of build output must be an 'ImageStreamTag' or 'DockerImage'";
  return [invalid(`${path}.kind`, reference.kind, text)];
}

/** inputReferenceErrors validates an image that a build starts from or copies from. */
export function inputReferenceErrors(
  reference: ObjectReference | undefined,
  path: string,
): FieldError[] {
  if (reference === undefined) return [required(path)];
  const { kind, name = '', namespace } = reference;
  if (!kind) return [required(`${path}.kind`)];
  if (kind === 'ImageStreamTag') return tagErrors(reference, path, INPUT);
  if (kind === 'DockerImage') {
    return name === '' ? [required(`${path}.name`)] : dockerErrors(reference, path, INPUT);
  }
  if (kind === 'ImageStreamImage') {
    const errors = namespaceErrors(namespace, path, INPUT.namespace);
    return name === '' ? [required(`${path}.name`), ...errors] : errors;
  }
  const text = "must be 'ImageStreamTag', 'ImageStreamImage', or 'DockerImage'";
  return [invalid(`${path}.kind`, kind, text)];
}

/** secretReferenceErrors validates a reference to a secret where there is one. */
export function secretReferenceErrors(
  reference: LocalObjectReference | undefined,
  path: string,
): FieldError[] {
  return reference && !reference.name ? [required(`${path}.name`)] : [];
}
