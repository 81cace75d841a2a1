import { invalid } from '../../machinery/field-error.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import { apiVersionOf } from '../../machinery/object.ts';
import { newBadRequest, newInvalid } from '../../machinery/status-error.ts';

/** CustomForm names the kind that a path serves. */
export interface CustomForm {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Named {
  readonly kind?: unknown;
  readonly metadata?: unknown;
}

function nameOf({ metadata }: Named): string {
  const name = (metadata as JsonObject | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

/**
 * checkCustomVersion compares the apiVersion of a custom resource that was sent with what the path
 * serves: upstream reads such objects without a scheme, and so refuses them in other words. Throws 400.
 */
export function checkCustomVersion({ apiVersion = '' }: JsonObject, form: CustomForm): void {
  const expected = apiVersionOf(form);
  if (apiVersion === expected) return;
  throw newBadRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
  );
}

/**
 * checkCustomKind does the same for the kind, which upstream looks at when it validates: an object
 * that is to be updated is found before. That there is a kind is known. Throws 422.
 */
export function checkCustomKind(value: Named, form: CustomForm): void {
  const { kind } = value;
  if (kind === form.kind) return;
  const own = { group: form.group, kind: String(kind) };
  throw newInvalid(own, nameOf(value), [invalid('kind', kind, `must be ${form.kind}`)]);
}

/** checkPatchedKind does the same for what a patch made of an object (422). */
export function checkPatchedKind(value: JsonObject, form: CustomForm): void {
  const expected = apiVersionOf(form);
  const { apiVersion = '' } = value;
  checkCustomKind(value, form);
  if (apiVersion === expected) return;
  const [group = '', version] = String(apiVersion).split('/');
  const own = { group: version === undefined ? '' : group, kind: form.kind };
  throw newInvalid(own, nameOf(value), [invalid('apiVersion', apiVersion, `must be ${expected}`)]);
}
