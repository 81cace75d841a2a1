import { type FieldError, forbidden, invalid } from '../../../machinery/field-error.ts';
import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import type { Project, ProjectRequest } from './types.ts';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** DESCRIPTION and the other annotations are how a namespace carries what makes it a project. */
export const DESCRIPTION = 'openshift.io/description';
export const DISPLAY_NAME = 'openshift.io/display-name';
export const REQUESTER = 'openshift.io/requester';

function validateName(name: string): FieldError[] {
  const field = 'metadata.name';
  const errors: FieldError[] = [];
  if (name.length < 2) errors.push(invalid(field, name, 'must be at least 2 characters long'));
  if (!DNS_LABEL.test(name)) errors.push(invalid(field, name, DNS_LABEL_TEXT));
  else if (name.length > 63) {
    errors.push(invalid(field, name, 'must be no more than 63 characters'));
  }
  return errors;
}

function validateDisplayName(field: string, text: string): FieldError[] {
  return /[\n\t]/.test(text) ? [invalid(field, text, 'may not contain a new line or tab')] : [];
}

const displayNameOf = (metadata: ObjectMeta) => metadata.annotations?.[DISPLAY_NAME] ?? '';

/** validateProject follows openshift-apiserver's project validation. */
export function validateProject(project: Project): FieldError[] {
  return [
    ...validateName(project.metadata.name ?? ''),
    ...validateDisplayName(
      `metadata.annotations[${DISPLAY_NAME}]`,
      displayNameOf(project.metadata),
    ),
  ];
}

/** validateProjectUpdate lets only the description and the display name change. */
export function validateProjectUpdate(project: Project, old: Project): FieldError[] {
  const errors = validateProject(project);
  const changed = (key: 'annotations' | 'labels', editable: readonly string[]) => {
    const before = old.metadata[key] ?? {};
    const after = project.metadata[key] ?? {};
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[name] === after[name] || editable.includes(name)) continue;
      const detail = 'field is immutable, try updating the namespace';
      errors.push(invalid(`metadata.${key}[${name}]`, after[name] ?? '', detail));
    }
  };
  changed('annotations', [DESCRIPTION, DISPLAY_NAME]);
  changed('labels', []);
  return errors;
}

/** validateProjectRequest checks the name and the display name that a user asks for. */
export function validateProjectRequest(request: ProjectRequest): FieldError[] {
  const errors = validateName(request.metadata.name ?? '');
  errors.push(...validateDisplayName('displayName', request.displayName ?? ''));
  if (request.metadata.generateName) {
    errors.push(forbidden('metadata.generateName', 'projects are requested by name'));
  }
  return errors;
}
