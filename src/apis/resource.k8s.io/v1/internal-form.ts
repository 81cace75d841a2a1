import { isJsonObject } from '../../../machinery/json-value.ts';
import { goFieldsOf, type Schema, schemaOf, zeroOf } from '../../schema/index.ts';

/** Fields whose name in Go does not follow from that in JSON. */
const NAMES: Readonly<Record<string, string>> = { cel: 'CEL' };
/** Metadata is the same type inside the server, where it has the names of JSON. */
const AS_IT_IS = /^io\.k8s\.apimachinery\./;

const upperCase = (name: string) => NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

function formOf(schema: Schema, value: unknown): unknown {
  if (schema.kind === 'array')
    return Array.isArray(value) ? value.map((one) => formOf(schema.items, one)) : value;
  if (!isJsonObject(value)) return value;
  if (schema.kind === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, formOf(schema.values, one)]),
    );
  const fields = schema.kind === 'object' && goFieldsOf(schema.definition);
  if (schema.kind !== 'object' || !fields || AS_IT_IS.test(schema.definition)) return value;
  const shown = fields.flatMap((field) => {
    const known = schema.fields.get(field.name)?.schema;
    if (!known) return [];
    const always = { ...field, omitEmpty: false, omitZero: false };
    const one = value[field.name] ?? zeroOf(always, known);
    return [[upperCase(field.name), formOf(known, one)]];
  });
  return Object.fromEntries(shown);
}

/**
 * internalForm is how messages show a value of the server's own types, whose fields have no names
 * in JSON: all of them are there, under Go's names.
 */
export function internalForm(definition: string, value: object | undefined): unknown {
  return formOf(schemaOf(definition), value ?? {});
}
