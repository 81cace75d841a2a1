import { isJsonObject } from '../../machinery/json-value.ts';
import { type GoField, goFieldsOf, isStruct, zeroOf } from './go-structs.ts';
import type { ObjectSchema, Schema } from './schema.ts';

type Values = Readonly<Record<string, unknown>>;

/** FieldPlan is a field of a struct, by its place in Go's order. */
interface FieldPlan {
  readonly name: string;
  readonly rank: number;
  readonly schema: Schema;
  /** JSON leaves the empty value out. */
  readonly omits: boolean;
  /** An empty list or map comes back from the store as null. */
  readonly forgetsEmpty: boolean;
  /** What JSON has of the field where nobody set it; undefined: nothing. */
  readonly zero: unknown;
}

interface StructPlan {
  readonly fields: readonly FieldPlan[];
  readonly byName: ReadonlyMap<string, FieldPlan>;
  /** How many fields JSON always has. */
  readonly always: number;
}

const plans = new WeakMap<ObjectSchema, StructPlan | 'unknown'>();

function planOf(schema: ObjectSchema): StructPlan | undefined {
  const known = plans.get(schema);
  if (known) return known === 'unknown' ? undefined : known;
  const plan = schema.free ? undefined : makePlan(schema);
  plans.set(schema, plan ?? 'unknown');
  return plan;
}

function makePlan(schema: ObjectSchema): StructPlan | undefined {
  const fields = goFieldsOf(schema.definition)?.flatMap((field) => {
    const known = schema.fields.get(field.name);
    return known ? [{ field, schema: known.schema }] : [];
  });
  if (!fields || fields.length === 0) return undefined;
  const forgets = !STORED_AS_JSON.test(schema.definition);
  const made = fields.map(({ field, schema: type }, rank) => ({
    ...planField(field, type, rank),
    forgetsEmpty: forgets && !field.pointer && (type.kind === 'array' || type.kind === 'map'),
  }));
  return {
    fields: made,
    byName: new Map(made.map((one) => [one.name, one])),
    always: made.filter((one) => one.zero !== undefined).length,
  };
}

/** The two API servers that store what they have as JSON. */
const STORED_AS_JSON = /^io\.k8s\.(?:apiextensions-apiserver|kube-aggregator)\./;

function planField(field: GoField, schema: Schema, rank: number): Omit<FieldPlan, 'forgetsEmpty'> {
  const zero = zeroOf(field, schema);
  const omits = field.omitEmpty && !field.pointer && !isStruct(schema);
  const isPlainStruct = isJsonObject(zero) && schema.kind === 'object';
  return {
    name: field.name,
    rank,
    schema,
    omits,
    zero: isPlainStruct ? goForm(schema, zero) : zero,
  };
}

/**
 * goForm brings a valid object into the form in which Go would write it as JSON: fields in the
 * order of the struct, keys of maps sorted, empty values left out or written as the type has it
 * (`status: {}`, `rules: null`). What has that form is answered as it is; the value is not changed.
 */
export function goForm<T>(schema: Schema, value: T): T {
  return formOf(schema, value, false) as T;
}

/**
 * storedGoForm does the same for an object that goes through the store: empty lists and maps come
 * back as null, because upstream stores most kinds as protocol buffers, which do not know them.
 */
export function storedGoForm<T>(schema: Schema, value: T): T {
  return formOf(schema, value, true) as T;
}

function formOf(schema: Schema, value: unknown, stored: boolean): unknown {
  if (schema.kind === 'scalar' || typeof value !== 'object' || value === null) return value;
  if (schema.kind === 'array')
    return Array.isArray(value) ? listForm(schema.items, value, stored) : value;
  if (schema.kind === 'map') return mapForm(schema.values, value as Values, stored);
  const plan = planOf(schema);
  return plan ? structForm(plan, value as Values, stored) : value;
}

function listForm(items: Schema, list: readonly unknown[], stored: boolean): readonly unknown[] {
  if (items.kind === 'scalar') return list;
  let made: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const item = formOf(items, list[index], stored);
    if (item === list[index]) continue;
    made ??= [...list];
    made[index] = item;
  }
  return made ?? list;
}

function mapForm(values: Schema, map: Values, stored: boolean): Values {
  let changed = false;
  let last = '';
  for (const key in map) {
    if (key < last || formOf(values, map[key], stored) !== map[key]) changed = true;
    last = key;
  }
  if (!changed) return map;
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(map).sort()) made[key] = formOf(values, map[key], stored);
  return made;
}

function structForm(plan: StructPlan, object: Values, stored: boolean): Values {
  const forms = new Array<unknown>(plan.fields.length);
  let fits = true;
  let last = -1;
  let missing = plan.always;
  for (const name in object) {
    const field = plan.byName.get(name);
    if (!field) {
      fits = false;
      continue;
    }
    const form = fieldForm(field, object[name], stored);
    if (field.rank < last || form !== object[name] || form === undefined) fits = false;
    if (field.zero !== undefined) missing -= 1;
    last = field.rank;
    forms[field.rank] = form;
  }
  if (fits && missing === 0) return object;
  const made: Record<string, unknown> = {};
  for (const { rank, name, zero } of plan.fields) {
    const form = forms[rank] ?? zero;
    if (form !== undefined) made[name] = form;
  }
  return made;
}

/** fieldForm answers undefined for what the zero value stands for. */
function fieldForm(field: FieldPlan, value: unknown, stored: boolean): unknown {
  if (value === undefined || value === null) return field.zero === null ? null : undefined;
  if (field.omits && isEmpty(value)) return undefined;
  if (stored && field.forgetsEmpty && isEmpty(value)) return null;
  return formOf(field.schema, value, stored);
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _key in value) return false;
  return true;
}
