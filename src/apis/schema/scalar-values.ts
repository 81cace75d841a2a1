import { jsonTypeOf } from '../../machinery/json-value.ts';
import { canonicalQuantity, QuantityError } from '../../machinery/quantity.ts';
import { microTimestampOf, timestampOf } from '../../machinery/timestamp.ts';
import type { ScalarSchema } from './schema.ts';

/** ScalarProblem is why a decoder refuses a leaf: a whole text, or the JSON type it met. */
export type ScalarProblem = { readonly text: string } | { readonly met: string };

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';
const LAYOUT = '2006-01-02T15:04:05Z07:00';

function isRfc3339(text: string): boolean {
  return RFC3339.test(text) && !Number.isNaN(Date.parse(text));
}

function met(value: unknown): ScalarProblem {
  return { met: jsonTypeOf(value) };
}

function integerProblem(value: unknown, bits: 32 | 64): ScalarProblem | undefined {
  if (typeof value !== 'number') return met(value);
  const limit = bits === 32 ? 2 ** 31 : 2 ** 63;
  const fits = Number.isInteger(value) && value < limit && value >= -limit;
  return fits ? undefined : { met: `number ${value}` };
}

function quantityProblem(value: unknown): ScalarProblem | undefined {
  try {
    canonicalQuantity(typeof value === 'number' ? value : String(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return { text: error.message };
  }
}

function timeProblem(value: unknown, layout: string): ScalarProblem | undefined {
  if (typeof value !== 'string')
    return { text: `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string` };
  if (isRfc3339(value)) return undefined;
  const quoted = JSON.stringify(value);
  return { text: `parsing time ${quoted} as "${layout}": cannot parse ${quoted} as "2006"` };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function byteProblem(value: unknown): ScalarProblem | undefined {
  if (typeof value !== 'string') return met(value);
  const text = value.replace(/[\r\n]/g, '');
  if (BASE64.test(text)) return undefined;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  const at = bad < 0 ? text.length - (text.length % 4) : bad;
  return { text: `illegal base64 data at input byte ${at}` };
}

/** scalarProblem answers why a decoder would refuse a value of a leaf; undefined when it takes it. */
export function scalarProblem(schema: ScalarSchema, value: unknown): ScalarProblem | undefined {
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' ? undefined : met(value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : met(value);
    case 'number':
      return typeof value === 'number' ? undefined : met(value);
    case 'integer':
      return integerProblem(value, schema.bits);
    case 'int-or-string': {
      if (typeof value === 'string') return undefined;
      const problem = integerProblem(value, 32);
      if (problem === undefined || 'text' in problem) return problem;
      return { text: `json: cannot unmarshal ${problem.met} into Go value of type int32` };
    }
    case 'quantity':
      return quantityProblem(value);
    case 'byte':
      return byteProblem(value);
    case 'time':
      return timeProblem(value, LAYOUT);
    case 'micro-time':
      return timeProblem(value, MICRO_LAYOUT);
    default:
      return undefined;
  }
}

/** canonicalScalar answers a valid leaf in the form in which the API gives it back. */
export function canonicalScalar(schema: ScalarSchema, value: unknown): unknown {
  switch (schema.type) {
    case 'quantity':
      return canonicalQuantity(typeof value === 'number' ? value : String(value));
    case 'time':
      return typeof value === 'string' && !/:\d{2}Z$/.test(value) && isRfc3339(value)
        ? timestampOf(new Date(value))
        : value;
    case 'micro-time':
      return typeof value === 'string' && !/\.\d{6}Z$/.test(value) && isRfc3339(value)
        ? microTimestampOf(new Date(value))
        : value;
    case 'byte':
      return typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value;
    default:
      return value;
  }
}
