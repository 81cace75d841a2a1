import { deepEqual } from '../../machinery/deep-equal.ts';
import { goText, goTypeOf, isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { FieldSchema, Schema } from './schema.ts';
import { orderElements, sameElement } from './strategic-merge-order.ts';

/** StrategicMergeError says why a patch cannot be applied; `code` is the HTTP status (upstream answers some with 500). */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
  readonly code: 400 | 422;

  constructor(code: 400 | 422, message: string) {
    super(message);
    this.code = code;
  }
}

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_LIST = '$deleteFromPrimitiveList';
const ORDER_LIST = '$setElementOrder';
const DELETE_FORMAT = 'invalid patch format of primitive list';
const ORDER_FORMAT = 'invalid patch format of setElementOrder list';

function isDirective(key: string): boolean {
  return (
    key === DIRECTIVE ||
    key === RETAIN_KEYS ||
    key.startsWith(DELETE_LIST) ||
    key.startsWith(ORDER_LIST)
  );
}

/** orderIn reads the order that a patch sets for a list. */
function orderIn(patch: JsonObject, key: string): unknown[] {
  const order = patch[key];
  const text = `expected a []interface {}, but received a ${goTypeOf(order)}`;
  return listOf(order, 400, text);
}

/** fieldAfter is the field that a directive is about: `$setElementOrder/containers`. */
function fieldAfter(key: string, directive: string, format: string): string {
  if (key.startsWith(`${directive}/`)) return key.slice(directive.length + 1);
  throw new StrategicMergeError(400, format);
}

/**
 * Takes directives and nulls out of a part of a patch that becomes a new value as it is; undefined: there
 * is none, as upstream has none of an object that says how it is to be merged with what is not there.
 */
function asNewValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNewValue).filter((one) => one !== undefined);
  if (!isJsonObject(value)) return value;
  return DIRECTIVE in value ? undefined : asNewObject(value);
}

/** Does the same to the fields of an object, whose own directive has been followed. */
function asNewObject(value: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const made = isDirective(key) || item === null ? undefined : asNewValue(item);
    if (made !== undefined) fields[key] = made;
  }
  return fields;
}

function fieldOf(schema: Schema | undefined, name: string): FieldSchema | undefined {
  return schema?.kind === 'object' ? schema.fields.get(name) : undefined;
}

function schemaBelow(schema: Schema | undefined, name: string): Schema | undefined {
  return schema?.kind === 'map' ? schema.values : fieldOf(schema, name)?.schema;
}

function listOf(value: unknown, code: 400 | 422, message: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new StrategicMergeError(code, message);
  return value;
}

function retainKeys(result: JsonObject, patch: JsonObject): void {
  if (!(RETAIN_KEYS in patch)) return;
  const format = 'invalid patch format of retainKeys';
  const keys = listOf(patch[RETAIN_KEYS], 400, format);
  for (const [key, value] of Object.entries(patch)) {
    if (!isDirective(key) && value !== null && !keys.includes(key))
      throw new StrategicMergeError(422, 'patch content does not match retainKeys list');
  }
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

/** Which fields a patch touches: those that it names, and those that only a directive names. */
function touchedFields(patch: JsonObject): Set<string> {
  const names = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (key.startsWith(ORDER_LIST)) {
      orderIn(patch, key);
      names.add(fieldAfter(key, ORDER_LIST, ORDER_FORMAT));
    } else if (key.startsWith(DELETE_LIST)) {
      names.add(fieldAfter(key, DELETE_LIST, DELETE_FORMAT));
    } else if (!isDirective(key)) names.add(key);
  }
  return names;
}

function mergeObject(schema: Schema | undefined, current: JsonObject, patch: JsonObject) {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return asNewObject(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new StrategicMergeError(
      422,
      `unknown patch type: ${String(directive)} in map: ${goText(patch)}`,
    );
  const result: JsonObject = { ...current };
  retainKeys(result, patch);
  for (const name of touchedFields(patch)) {
    const merged = mergeField({ schema, result, patch, name });
    if (merged === undefined) delete result[name];
    else result[name] = merged;
  }
  return result;
}

interface FieldMerge {
  readonly schema: Schema | undefined;
  readonly result: JsonObject;
  readonly patch: JsonObject;
  readonly name: string;
}

/** The field's new value; undefined takes the field out. */
function mergeField({ schema, result, patch, name }: FieldMerge): unknown {
  const value = patch[name];
  if (value === null) return undefined;
  const field = fieldOf(schema, name);
  const merges = field?.patchStrategies.includes('merge') ?? false;
  const replaces = field?.patchStrategies.includes('replace') ?? false;
  const before = result[name];
  const below = schemaBelow(schema, name);
  if (merges && (Array.isArray(value) || value === undefined)) {
    const order = orderIn(patch, `${ORDER_LIST}/${name}`);
    if (value !== undefined) checkOrder(value, order, field?.patchMergeKey);
    if (before === undefined) return newList(value, order, field?.patchMergeKey);
    return mergeList({
      items: below?.kind === 'array' ? below.items : undefined,
      mergeKey: field?.patchMergeKey,
      current: Array.isArray(before) ? before : [],
      patch: (value as unknown[] | undefined) ?? [],
      drop: listOf(patch[`${DELETE_LIST}/${name}`], 400, DELETE_FORMAT),
      order,
    });
  }
  if (value === undefined) return before;
  if (isJsonObject(value) && isJsonObject(before) && !replaces)
    return mergeObject(below, before, value);
  return asNewValue(value);
}

/** checkOrder demands that the elements of a patch come in the order that it sets. */
function checkOrder(
  patch: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): void {
  if (order.length === 0) return;
  const kept = patch.filter((one) => !isJsonObject(one) || one[DIRECTIVE] !== 'delete');
  let at = 0;
  for (const one of order) if (sameElement(one, kept[at], mergeKey)) at += 1;
  if (at >= kept.length) return;
  throw new StrategicMergeError(
    422,
    `The order in patch list:\n${goText(kept)}\n doesn't match ${ORDER_LIST} list:\n${goText(order)}\n`,
  );
}

/** newList takes a list as it is where there was none; only who sets an order has its elements looked at. */
function newList(
  value: readonly unknown[] | undefined,
  order: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] | undefined {
  if (value === undefined) return undefined;
  const list = asNewValue(value) as unknown[];
  if (order.length === 0) return list;
  if (mergeKey !== undefined) for (const one of list) checkMergeKey(one, mergeKey);
  return orderElements(list, { patch: order, server: [], mergeKey });
}

interface ListMerge {
  readonly items: Schema | undefined;
  readonly mergeKey: string | undefined;
  readonly current: readonly unknown[];
  readonly patch: readonly unknown[];
  readonly drop: readonly unknown[];
  readonly order: readonly unknown[];
}

function mergeList(merge: ListMerge): unknown[] {
  const sample = merge.patch[0] ?? merge.current[0] ?? merge.order[0];
  if (Array.isArray(sample)) throw new StrategicMergeError(422, 'lists of lists are not supported');
  if (!isJsonObject(sample)) return mergeScalars(merge);
  if (merge.patch.some((one) => isJsonObject(one) && one[DIRECTIVE] === 'replace'))
    return asNewValue(merge.patch) as unknown[];
  return mergeObjects(merge);
}

function mergeScalars({ current, patch, drop, order }: ListMerge): unknown[] {
  const kept = current.filter((one) => !drop.some((gone) => deepEqual(gone, one)));
  const added = patch.filter((one) => !kept.some((have) => deepEqual(have, one)));
  const merged = [...new Set([...kept, ...added])];
  return orderElements(merged, {
    patch: order.length > 0 ? order : patch,
    server: current,
    mergeKey: undefined,
  });
}

function checkMergeKey(element: unknown, mergeKey: string | undefined): JsonObject {
  if (mergeKey === undefined)
    throw new StrategicMergeError(422, 'cannot merge lists without merge key for kind map');
  if (!isJsonObject(element) || element[mergeKey] === undefined) {
    throw new StrategicMergeError(
      422,
      `map: ${goText(element)} does not contain declared merge key: ${mergeKey}`,
    );
  }
  return element;
}

function mergeObjects({ items, mergeKey, current, patch, order }: ListMerge): unknown[] {
  let merged = [...current];
  const applied: unknown[] = [];
  for (const one of patch) {
    const element = checkMergeKey(one, mergeKey);
    const same = (other: unknown) => sameElement(other, element, mergeKey);
    if (element[DIRECTIVE] === 'delete') {
      merged = merged.filter((other) => !same(other));
      continue;
    }
    applied.push(element);
    const at = merged.findIndex(same);
    const before = merged[at];
    if (isJsonObject(before)) merged[at] = mergeObject(items, before, element);
    else merged.push(asNewObject(element));
  }
  return orderElements(merged, {
    patch: order.length > 0 ? order : applied,
    server: current,
    mergeKey,
  });
}

/**
 * strategicMergePatch applies a Kubernetes strategic merge patch with the merge keys and
 * strategies of the schema, and all directives (`$patch`, `$retainKeys`, `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…`). Neither argument is changed. Throws a StrategicMergeError.
 */
export function strategicMergePatch(schema: Schema, current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) throw new StrategicMergeError(400, 'invalid JSON document');
  return mergeObject(schema, isJsonObject(current) ? current : {}, patch);
}
