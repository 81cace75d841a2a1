import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  NonResourceAttributes,
  ResourceAttributes,
} from '../../../apis/authorization.k8s.io/v1/types.ts';
import type { AuthorizationAttributes } from '../../../apiserver/contracts.ts';
import type { UserInfo } from '../../../apiserver/resource-definition.ts';
import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { parseSelector } from '../../../machinery/labels.ts';
import { labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { fieldSelectorText, labelSelectorText } from './selector-text.ts';

/** AccessSpec is what all access reviews ask: one of the two. */
export interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

const RESOURCE = 'spec.resourceAttributes';
const NEEDS_VALUES = "must be specified when `operator` is 'In' or 'NotIn'";
const TAKES_NO_VALUES = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";

type Selector = FieldSelectorAttributes | LabelSelectorAttributes;
type KeyErrors = (key: string, path: string) => FieldError[];

const fieldKeyErrors: KeyErrors = (key, path) =>
  key === '' ? [required(path, 'must be specified')] : [];

const labelNameErrors: KeyErrors = (key, path) =>
  labelKeyErrors(key).map((detail) => invalid(path, key, detail));

function valueErrors(values: readonly string[], path: string): FieldError[] {
  return values.flatMap((value, index) =>
    labelValueErrors(value).map((detail) => invalid(indexPath(path, index), value, detail)),
  );
}

function selectorErrors(
  selector: Selector | undefined,
  path: string,
  keyErrors: KeyErrors,
): FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    const detail = 'may not specified at the same time as requirements';
    errors.push(invalid(`${path}.rawSelector`, rawSelector, detail));
  }
  if (rawSelector === '' && requirements.length === 0) {
    const detail = `when ${path} is specified, requirements or rawSelector is required`;
    errors.push(required(`${path}.requirements`, detail));
  }
  for (const [index, { key, operator, values = [] }] of requirements.entries()) {
    const at = indexPath(`${path}.requirements`, index);
    const wantsKeyFirst = keyErrors === fieldKeyErrors;
    if (wantsKeyFirst) errors.push(...keyErrors(key, `${at}.key`));
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
      errors.push(required(`${at}.values`, NEEDS_VALUES));
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
      errors.push(forbidden(`${at}.values`, TAKES_NO_VALUES));
    if (wantsKeyFirst) continue;
    errors.push(...keyErrors(key, `${at}.key`), ...valueErrors(values, `${at}.values`));
  }
  return errors;
}

/** internalForm is the value as upstream prints it: its internal type has no JSON names. */
function internalForm({ path = '', verb = '' }: NonResourceAttributes) {
  return { Path: path, Verb: verb };
}

/** specErrors checks what a review asks; `subject` is who it is about, where it says so. */
export function specErrors(
  spec: AccessSpec,
  subject?: { readonly user?: string; readonly groups?: readonly string[] },
): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const errors: FieldError[] = [];
  if (resource && path) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalid('spec.nonResourceAttributes', internalForm(path), detail));
  }
  if (!resource && !path) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid(RESOURCE, null, detail));
  }
  if (subject && !subject.user && !subject.groups?.length)
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  errors.push(
    ...selectorErrors(resource?.fieldSelector, `${RESOURCE}.fieldSelector`, fieldKeyErrors),
    ...selectorErrors(resource?.labelSelector, `${RESOURCE}.labelSelector`, labelNameErrors),
  );
  return errors;
}

/** metadataErrors: a review has no metadata, a local one only its namespace. */
export function metadataErrors(review: KubeObject, isLocal: boolean): FieldError[] {
  const { managedFields: _, namespace, ...rest } = review.metadata;
  const said = Object.keys(isLocal ? rest : { ...rest, ...(namespace && { namespace }) });
  if (said.length === 0) return [];
  const detail = isLocal ? 'must be empty except for namespace' : 'must be empty';
  return [invalid('metadata', review.metadata, detail)];
}

/** localErrors: a local review asks about resources of its own namespace. */
export function localErrors(spec: AccessSpec, namespace: string): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const errors: FieldError[] = [];
  const asked = resource?.namespace ?? '';
  if (resource && asked !== namespace)
    errors.push(invalid(`${RESOURCE}.namespace`, asked, 'must match metadata.namespace'));
  if (path) {
    const detail = 'disallowed on this kind of request';
    errors.push(invalid('spec.nonResourceAttributes', internalForm(path), detail));
  }
  return errors;
}

/** questionOf is the question that a review asks the authorizer about a user. */
export function questionOf(user: UserInfo, spec: AccessSpec): AuthorizationAttributes {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const question = {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    group: resource?.group ?? '',
    version: resource?.version ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    name: resource?.name ?? '',
    namespace: resource?.namespace ?? '',
    fieldSelector: fieldSelectorText(resource?.fieldSelector),
    labelSelector: labelSelectorText(resource?.labelSelector),
  };
  return path ? { ...question, path: path.path ?? '' } : question;
}

function parses(text: string): boolean {
  try {
    parseSelector(text);
    return true;
  } catch {
    return false;
  }
}

/** FIELD_TERM is one requirement of a field selector: `key=value`, `key==value` or `key!=value`. */
const FIELD_TERM = /^[^=!,\\]+(==?|!=)([^=,\\]|\\[=,\\])*$/;

function parsesAsFields(text: string): boolean {
  return text.split(/(?<!\\),/).every((term) => term === '' || FIELD_TERM.test(term));
}

const LABEL_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
const FIELD_OPERATORS = ['In', 'NotIn'];

/** Those of clients that are newer than the server are ignored; fields have one value each. */
function understands({ labelSelector, fieldSelector }: ResourceAttributes) {
  const { requirements: labels = [] } = labelSelector ?? {};
  const { requirements: fields = [] } = fieldSelector ?? {};
  return {
    labels: labels.every(({ operator }) => LABEL_OPERATORS.includes(operator)),
    fields: fields.every(
      ({ operator, values = [] }) => FIELD_OPERATORS.includes(operator) && values.length === 1,
    ),
  };
}

/** evaluationErrorOf says which selectors were not understood, and so ignored. */
export function evaluationErrorOf({ resourceAttributes: resource }: AccessSpec): string {
  const { rawSelector: fields = '' } = resource?.fieldSelector ?? {};
  const { rawSelector: labels = '' } = resource?.labelSelector ?? {};
  const known = understands(resource ?? {});
  const ignored = [
    ...(parsesAsFields(fields) && known.fields ? [] : [`${RESOURCE}.fieldSelector`]),
    ...(parses(labels) && known.labels ? [] : [`${RESOURCE}.labelSelector`]),
  ];
  return ignored.map((one) => `${one} ignored due to parse error`).join(', ');
}
