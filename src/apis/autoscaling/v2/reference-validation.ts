import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { pathSegmentErrors } from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import type { CrossVersionObjectReference } from './types.ts';

function namePart(path: string, value: string): FieldError[] {
  return value === '' ? [required(path)] : texts(path, value, pathSegmentErrors(value));
}

/** referenceErrors checks kind and name of an object that a scaler refers to, and its API version. */
export function referenceErrors(
  reference: CrossVersionObjectReference | undefined,
  path: string,
  mayBeCore: boolean,
): FieldError[] {
  const { kind = '', name = '', apiVersion = '' } = reference ?? {};
  const errors = [...namePart(`${path}.kind`, kind), ...namePart(`${path}.name`, name)];
  const at = `${path}.apiVersion`;
  const parts = apiVersion.split('/');
  if (parts.length > 2)
    errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if (!mayBeCore && (parts.length < 2 || parts[0] === ''))
    errors.push(invalid(at, apiVersion, 'apiVersion must specify API group'));
  return errors;
}
