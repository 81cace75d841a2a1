import { type FieldError, invalid, required, tooLong } from '../../../machinery/field-error.ts';
import { regexError } from '../../../machinery/names.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';

const MAX_ID_LENGTH = 32;
const ID_PATTERN = '[A-Za-z_][A-Za-z0-9_]*';
const ID = new RegExp(`^${ID_PATTERN}$`);
const ID_TEXT = regexError(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  ID_PATTERN,
  'my_name',
  'MY_NAME',
  'MyName',
);

function identifierErrors(path: string, id: string): FieldError[] {
  return [
    ...(id.length > MAX_ID_LENGTH ? [tooLong(path, MAX_ID_LENGTH)] : []),
    ...(ID.test(id) ? [] : [invalid(path, id, ID_TEXT)]),
  ];
}

/** qualifiedNameErrors checks the name of an attribute: an identifier, with or without a domain before it. */
export function qualifiedNameErrors(path: string, name: string): FieldError[] {
  if (name === '') return [required(path, 'name required')];
  const [first = '', second, ...more] = name.split('/');
  if (second === undefined) return identifierErrors(path, first);
  if (more.length > 0) return [];
  return [
    ...(first === ''
      ? [required(path, 'the domain must not be empty')]
      : validateCsiDriverName(path, first)),
    ...(second === ''
      ? [required(path, 'the name must not be empty')]
      : identifierErrors(path, second)),
  ];
}

/** fullyQualifiedNameErrors checks a name that must have a domain. */
export function fullyQualifiedNameErrors(path: string, name: string): FieldError[] {
  const errors = qualifiedNameErrors(path, name);
  if (name === '' || name.includes('/')) return errors;
  return [...errors, invalid(path, name, 'must include a domain')];
}
