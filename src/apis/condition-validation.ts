import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../machinery/field-error.ts';
import { indexPath } from '../machinery/field-path.ts';
import type { Condition } from '../machinery/meta/v1.ts';
import { labelKeyErrors, regexError } from '../machinery/names.ts';

const STATUSES = ['False', 'True', 'Unknown'];
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;
const REASON_PATTERN = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON = new RegExp(`^${REASON_PATTERN}$`);
const REASON_TEXT = regexError(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON_PATTERN,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);

function reasonErrors(path: string, reason: string): FieldError[] {
  if (reason === '') return [required(path)];
  return [
    ...(REASON.test(reason) ? [] : [invalid(path, reason, REASON_TEXT)]),
    ...(reason.length > MAX_REASON ? [tooLong(path, MAX_REASON)] : []),
  ];
}

function oneErrors(path: string, one: Condition): FieldError[] {
  const {
    status = '',
    observedGeneration = 0,
    lastTransitionTime,
    reason = '',
    message = '',
  } = one;
  const generation = `${path}.observedGeneration`;
  return [
    ...labelKeyErrors(one.type ?? '').map((text) => invalid(`${path}.type`, one.type ?? '', text)),
    ...(STATUSES.includes(status) ? [] : [notSupported(`${path}.status`, status, STATUSES)]),
    ...(observedGeneration < 0
      ? [invalid(generation, observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [required(`${path}.lastTransitionTime`)]),
    ...reasonErrors(`${path}.reason`, reason),
    ...(message.length > MAX_MESSAGE ? [tooLong(`${path}.message`, MAX_MESSAGE)] : []),
  ];
}

/** conditionErrors checks conditions of the form that all newer kinds share. */
export function conditionErrors(path: string, conditions: readonly Condition[]): FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap((one, index) => {
    const place = indexPath(path, index);
    const again = seen.has(one.type) ? [duplicate(`${place}.type`, one.type)] : [];
    seen.add(one.type);
    return [...again, ...oneErrors(place, one)];
  });
}
