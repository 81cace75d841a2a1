import { jsonTypeOf } from '../../machinery/json-value.ts';
import { canonicalQuantity, QuantityError } from '../../machinery/quantity.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { parseGoTime } from './go-time.ts';
import type { ScalarSchema } from './schema.ts';

/** ScalarProblem is why a decoder refuses a leaf: a whole text, or the JSON type it met. */
export type ScalarProblem = { readonly text: string } | { readonly met: string };

/** Times that are as they should be, in the form in which they are given back: nearly all. */
const CANONICAL_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z$/;
const TIME_LENGTH = '2006-01-02T15:04:05Z'.length;
const MICRO_TIME_LENGTH = '2006-01-02T15:04:05.000000Z'.length;

type TimeType = 'time' | 'micro-time';

function isCanonicalTime(text: string, type: TimeType): boolean {
  const length = type === 'time' ? TIME_LENGTH : MICRO_TIME_LENGTH;
  return text.length === length && CANONICAL_TIME.test(text);
}

function canonicalTime(text: string, type: TimeType): string {
  if (isCanonicalTime(text, type)) return text;
  const read = parseGoTime(text, type);
  if ('problem' in read) return text;
  const seconds = timestampOf(read.date);
  return type === 'time' ? seconds : seconds.replace('Z', `.${read.fraction}Z`);
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
    const isText = typeof value === 'number' || typeof value === 'string';
    canonicalQuantity(isText ? value : JSON.stringify(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return { text: error.message };
  }
}

function timeProblem(value: unknown, type: TimeType): ScalarProblem | undefined {
  if (typeof value !== 'string') return met(value);
  if (isCanonicalTime(value, type)) return undefined;
  const read = parseGoTime(value, type);
  return 'problem' in read ? { text: read.problem } : undefined;
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
    case 'int-or-string':
      return typeof value === 'string' ? undefined : integerProblem(value, 32);
    case 'quantity':
      return quantityProblem(value);
    case 'byte':
      return byteProblem(value);
    case 'time':
    case 'micro-time':
      return timeProblem(value, schema.type);
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
    case 'micro-time':
      return typeof value === 'string' ? canonicalTime(value, schema.type) : value;
    case 'byte':
      return typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value;
    default:
      return value;
  }
}
