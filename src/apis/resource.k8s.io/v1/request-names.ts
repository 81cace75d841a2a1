import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { label } from './item-rules.ts';
import type { DeviceClaim } from './types.ts';

const REFERENCE_TEXT =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** RequestNames are the names of the requests of a claim, each with those of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** requestNamesOf gathers the names of a claim. */
export function requestNamesOf({ requests }: DeviceClaim): RequestNames {
  return new Map(
    (requests ?? []).map(({ name, firstAvailable = [] }) => [
      name,
      new Set(firstAvailable.map((one) => one.name)),
    ]),
  );
}

/** requestReferenceErrors checks the name of a request, or `request/subrequest`. */
export function requestReferenceErrors(path: string, name: string, names: RequestNames) {
  const segments = name.split('/');
  const [first = '', second] = segments;
  if (segments.length > 2) return [invalid(path, name, REFERENCE_TEXT)];
  const alternatives = names.get(first);
  const isKnown = alternatives && (second === undefined || alternatives.has(second));
  const errors: FieldError[] = segments.flatMap((one) => label(path, one));
  return isKnown ? errors : [...errors, invalid(path, name, REFERENCE_TEXT)];
}
