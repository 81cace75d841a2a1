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

function nameOf({ metadata }: JsonObject): string {
  const name = (metadata as JsonObject | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

/**
 * checkCustomKind compares kind and apiVersion of a custom resource that was sent with what the path
 * serves: upstream reads such objects without a scheme, and so refuses them in other words (400 for
 * another version, 422 for another kind). That there is a kind is known before.
 */
export function checkCustomKind(value: JsonObject, form: CustomForm): void {
  const expected = apiVersionOf(form);
  const { kind, apiVersion = '' } = value;
  if (apiVersion !== expected) {
    throw newBadRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  checkKind(value, form, kind);
}

/** checkPatchedKind does the same for what a patch made of an object (422). */
export function checkPatchedKind(value: JsonObject, form: CustomForm): void {
  const expected = apiVersionOf(form);
  const { kind, apiVersion = '' } = value;
  checkKind(value, form, kind);
  if (apiVersion === expected) return;
  const [group = '', version] = String(apiVersion).split('/');
  const own = { group: version === undefined ? '' : group, kind: form.kind };
  throw newInvalid(own, nameOf(value), [invalid('apiVersion', apiVersion, `must be ${expected}`)]);
}

function checkKind(value: JsonObject, form: CustomForm, kind: unknown): void {
  if (kind === form.kind) return;
  const own = { group: form.group, kind: String(kind) };
  throw newInvalid(own, nameOf(value), [invalid('kind', kind, `must be ${form.kind}`)]);
}
