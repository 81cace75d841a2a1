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

/**
 * checkCustomKind compares kind and apiVersion of a custom resource with what the path serves, and
 * fills in what is missing: upstream reads such objects without a scheme, and so refuses them in
 * other words (400 for another version, 422 for another kind).
 */
export function checkCustomKind(value: JsonObject, form: CustomForm): void {
  const expected = apiVersionOf(form);
  const { kind = form.kind, apiVersion = expected } = value;
  if (apiVersion !== expected) {
    throw newBadRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kind !== form.kind) {
    const name = (value.metadata as JsonObject | undefined)?.name;
    const own = { group: form.group, kind: String(kind) };
    throw newInvalid(own, typeof name === 'string' ? name : '', [
      invalid('kind', kind, `must be ${form.kind}`),
    ]);
  }
  value.kind = kind;
  value.apiVersion = apiVersion;
}
