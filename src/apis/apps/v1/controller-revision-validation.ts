import { type FieldError, required } from '../../../machinery/field-error.ts';
import { isJsonObject } from '../../../machinery/json-value.ts';
import { immutable, nonNegative } from '../../core/v1/validation-rules.ts';
import type { ControllerRevision } from './types.ts';

/** validateControllerRevision checks the number of a revision. */
export function validateControllerRevision({ revision }: ControllerRevision): FieldError[] {
  return nonNegative('revision', revision);
}

/** validateControllerRevisionCreate demands the data of a new revision, a JSON object. */
export function validateControllerRevisionCreate({ data }: ControllerRevision): FieldError[] {
  if (data === undefined || data === null) return [required('data', 'data is mandatory')];
  return isJsonObject(data) ? [] : [required('data', 'data must be a valid JSON object')];
}

/** validateControllerRevisionUpdate keeps the data: a revision is a snapshot. */
export function validateControllerRevisionUpdate(
  revision: ControllerRevision,
  old: ControllerRevision,
): FieldError[] {
  return immutable('data', revision.data, old.data);
}
