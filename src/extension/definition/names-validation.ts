import type { CustomResourceDefinitionNames } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { type FieldError, invalid, required } from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors } from '../../machinery/names.ts';

/** namesRequired finds names that a definition must give. */
export function namesRequired(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const fields = ['plural', 'singular', 'kind', 'listKind'] as const;
  return fields.filter((one) => !names[one]).map((one) => required(childPath(path, one)));
}

/** namesErrors checks the form of names. */
export function namesErrors(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const label = (place: string, name: string | undefined) => {
    const found = name ? dns1035LabelErrors(name) : [];
    if (found.length > 0) errors.push(invalid(place, name, found.join(',')));
  };
  label(childPath(path, 'plural'), names.plural);
  label(childPath(path, 'singular'), names.singular);
  for (const field of ['kind', 'listKind'] as const) {
    const name = names[field];
    const found = name ? dns1035LabelErrors(name.toLowerCase()) : [];
    if (found.length === 0) continue;
    const text = `may have mixed case, but should otherwise match: ${found.join(',')}`;
    errors.push(invalid(childPath(path, field), name, text));
  }
  const list = (field: 'shortNames' | 'categories') => {
    for (const [index, name] of (names[field] ?? []).entries()) {
      const found = dns1035LabelErrors(name);
      if (found.length === 0) continue;
      errors.push(invalid(indexPath(childPath(path, field), index), name, found.join(',')));
    }
  };
  list('shortNames');
  if (names.kind && names.kind === names.listKind) {
    const text = 'kind and listKind may not be the same';
    errors.push(invalid(childPath(path, 'listKind'), names.listKind, text));
  }
  list('categories');
  return errors;
}
