import { deepEqual } from './deep-equal.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/** JsonPatchOperation is one operation of RFC 6902. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** JsonPatchError says why a patch does not apply, in the words that Kubernetes answers (422). */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

type Container = JsonObject | unknown[];

function decode(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isContainer(value: unknown): value is Container {
  return isJsonObject(value) || Array.isArray(value);
}

interface Place {
  readonly parent: Container;
  readonly key: string;
}

/** Finds the container that holds a path; undefined when a step on the way is missing. */
function placeOf(document: unknown, path: string): Place | undefined {
  if (!path.startsWith('/')) return undefined;
  const tokens = path.split('/').slice(1).map(decode);
  const key = tokens.pop() ?? '';
  let value = document;
  for (const token of tokens) {
    if (!isContainer(value)) return undefined;
    value = Array.isArray(value) ? value[Number(token)] : own(value, token);
  }
  return isContainer(value) ? { parent: value, key } : undefined;
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

const INVALID_INDEX = 'invalid index referenced';
const MISSING = 'missing value';

function arrayIndex(key: string, limit: number): number {
  if (!/^-?\d+$/.test(key)) {
    throw new JsonPatchError(
      `value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`,
    );
  }
  const index = Number(key);
  if (index < 0 || index >= limit)
    throw new JsonPatchError(`Unable to access invalid index: ${index}: ${INVALID_INDEX}`);
  return index;
}

function has({ parent, key }: Place): boolean {
  if (!Array.isArray(parent)) return Object.hasOwn(parent, key);
  return /^\d+$/.test(key) && Number(key) < parent.length;
}

function read({ parent, key }: Place): unknown {
  return Array.isArray(parent) ? parent[arrayIndex(key, parent.length)] : own(parent, key);
}

function insert({ parent, key }: Place, value: unknown): void {
  if (!Array.isArray(parent)) setOwn(parent, key, value);
  else if (key === '-') parent.push(value);
  else parent.splice(arrayIndex(key, parent.length + 1), 0, value);
}

function setOwn(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function take({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(arrayIndex(key, parent.length), 1);
  else if (Object.hasOwn(parent, key)) delete parent[key];
  else throw new JsonPatchError(`Unable to remove nonexistent key: ${key}: ${MISSING}`);
}

function inContext<T>(operation: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    throw new JsonPatchError(`error in ${operation} for path: '${path}': ${error.message}`, {
      cause: error,
    });
  }
}

function add(document: unknown, path: string, value: unknown): unknown {
  if (path === '') return value;
  const place = placeOf(document, path);
  if (place === undefined)
    throw new JsonPatchError(
      `add operation does not apply: doc is missing path: ${JSON.stringify(path)}: ${MISSING}`,
    );
  inContext('add', path, () => insert(place, value));
  return document;
}

function remove(document: unknown, path: string): unknown {
  const place = placeOf(document, path);
  if (place === undefined)
    throw new JsonPatchError(
      `remove operation does not apply: doc is missing path: ${JSON.stringify(path)}: ${MISSING}`,
    );
  inContext('remove', path, () => take(place));
  return document;
}

function replace(document: unknown, path: string, value: unknown): unknown {
  if (path === '') {
    if (!isContainer(value))
      throw new JsonPatchError('replace operation value must be object or array');
    return value;
  }
  const place = placeOf(document, path);
  if (place === undefined)
    throw new JsonPatchError(
      `replace operation does not apply: doc is missing path: ${path}: ${MISSING}`,
    );
  const { parent, key } = place;
  // Upstream's library sets a missing member of an object, against RFC 6902.
  if (Array.isArray(parent) && !has(place))
    throw new JsonPatchError(
      `replace operation does not apply: doc is missing key: ${path}: ${MISSING}`,
    );
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else setOwn(parent, key, value);
  return document;
}

function fetchFrom(document: unknown, operation: 'move' | 'copy', from: string | undefined) {
  if (from === undefined)
    throw new JsonPatchError(`${operation} operation failed to decode from: ${MISSING}`);
  const place = from === '' ? undefined : placeOf(document, from);
  if (place === undefined)
    throw new JsonPatchError(
      `${operation} operation does not apply: doc is missing from path: ${from}: ${MISSING}`,
    );
  if (!has(place)) {
    throw new JsonPatchError(
      `${operation} operation does not apply: doc is missing from path: ${from}: ${MISSING}`,
    );
  }
  return place;
}

function test(document: unknown, path: string, value: unknown): unknown {
  let found = document;
  if (path !== '') {
    const place = placeOf(document, path);
    if (place === undefined)
      throw new JsonPatchError(
        `test operation does not apply: is missing path: ${path}: ${MISSING}`,
      );
    found = has(place) ? read(place) : null;
  }
  if (!deepEqual(found ?? null, value ?? null))
    throw new JsonPatchError(`testing value ${path} failed: test failed`);
  return document;
}

function applyOne(document: unknown, operation: JsonPatchOperation): unknown {
  const { op, path, from } = operation;
  if (typeof path !== 'string')
    throw new JsonPatchError(`${op} operation failed to decode path: ${MISSING}`);
  const value = structuredClone(operation.value);
  switch (op) {
    case 'add':
      return add(document, path, value ?? null);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, value ?? null);
    case 'test':
      return test(document, path, value);
    case 'move': {
      const place = fetchFrom(document, 'move', from);
      const moved = read(place);
      take(place);
      return add(document, path, moved);
    }
    case 'copy':
      return add(document, path, structuredClone(read(fetchFrom(document, 'copy', from))));
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`);
  }
}

/**
 * jsonPatch applies the operations of RFC 6902 in order to a copy and answers it; the input is not
 * changed. Throws a JsonPatchError at the first that does not apply; then nothing was applied.
 */
export function jsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  let result: unknown = structuredClone(document);
  for (const operation of operations) result = applyOne(result, operation);
  return result;
}
