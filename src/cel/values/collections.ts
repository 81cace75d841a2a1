import type { CelType, ListMerge } from '../types/type.ts';
import { equal, keyOf } from './equality.ts';
import { CelError } from './errors.ts';
import { Duration, Timestamp } from './time.ts';
import { ArrayList, CelList, CelMap, type Value } from './value.ts';

/** EntryMap is a map that was computed. */
export class EntryMap extends CelMap {
  readonly #entries = new Map<string, readonly [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]>) {
    super();
    for (const [key, value] of entries) this.insert(key, value);
  }

  /** insert adds an entry while the map is made; throws when the key is there or is none. */
  insert(key: Value, value: Value): void {
    const text = keyOf(key);
    if (text === undefined) throw new CelError('unsupported key type');
    if (this.#entries.has(text))
      throw new CelError(`insert failed: key ${showKey(key)} already exists`);
    this.#entries.set(text, [key, value]);
  }

  override get size(): number {
    return this.#entries.size;
  }

  override find(key: Value): Value | undefined {
    const text = keyOf(key);
    return text === undefined ? undefined : this.#entries.get(text)?.[1];
  }

  override keys(): readonly Value[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }
}

/** showKey writes a key in an error message. */
export function showKey(key: Value): string {
  if (key === null) return 'null';
  return typeof key === 'object' ? String('value' in key ? key.value : key) : String(key);
}

type Json = Readonly<Record<string, unknown>>;

function own(json: Json, name: string): unknown {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}

/** JsonMap is a JSON object whose keys are data. Its values are read when they are asked for. */
class JsonMap extends CelMap {
  readonly #json: Json;
  readonly #valueType: CelType;

  constructor(json: Json, valueType: CelType) {
    super();
    this.#json = json;
    this.#valueType = valueType;
  }

  override get size(): number {
    return Object.keys(this.#json).length;
  }

  override find(key: Value): Value | undefined {
    const found = typeof key === 'string' ? own(this.#json, key) : undefined;
    return found === undefined ? undefined : fromJson(found, this.#valueType);
  }

  override keys(): readonly Value[] {
    return Object.keys(this.#json).filter((key) => this.#json[key] !== undefined);
  }
}

/** JsonObject is a JSON object whose fields a schema names; other fields are not seen. */
class JsonObject extends CelMap {
  readonly json: Json;
  readonly type: CelType;

  constructor(json: Json, type: CelType) {
    super();
    this.json = json;
    this.type = type;
  }

  override get size(): number {
    return this.keys().length;
  }

  override get typeName(): string {
    return this.type.name;
  }

  override find(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.type.fields?.get(key) : undefined;
    const found = field && own(this.json, field.jsonName);
    return field === undefined || found === undefined ? undefined : fromJson(found, field.type);
  }

  override keys(): readonly Value[] {
    const names: string[] = [];
    for (const [name, { jsonName }] of this.type.fields ?? [])
      if (own(this.json, jsonName) !== undefined) names.push(name);
    return names;
  }
}

/** JsonList is a JSON array. */
class JsonList extends CelList {
  readonly #json: readonly unknown[];
  readonly #element: CelType;
  readonly #merge: ListMerge | undefined;
  #values: readonly Value[] | undefined;

  constructor(json: readonly unknown[], element: CelType, merge?: ListMerge) {
    super();
    this.#json = json;
    this.#element = element;
    this.#merge = merge;
  }

  override get merge(): ListMerge | undefined {
    return this.#merge;
  }

  override get size(): number {
    return this.#json.length;
  }

  override at(index: number): Value {
    return this.#values?.[index] ?? fromJson(this.#json[index] ?? null, this.#element);
  }

  override toArray(): readonly Value[] {
    this.#values ??= this.#json.map((one) => fromJson(one, this.#element));
    return this.#values;
  }

  override concat(other: CelList): CelList {
    const merge = this.#merge;
    if (merge === undefined) return super.concat(other);
    const items = [...this.toArray()];
    for (const one of other.toArray()) {
      const at = items.findIndex((item) => sameElement(item, one, merge));
      if (at < 0) items.push(one);
      else items[at] = one;
    }
    return new ArrayList(items, merge);
  }
}

function sameElement(left: Value, right: Value, merge: ListMerge): boolean {
  if (merge.kind === 'set') return equal(left, right);
  if (!(left instanceof CelMap && right instanceof CelMap)) return false;
  return merge.keys.every((key) => {
    const [one, other] = [left.find(key), right.find(key)];
    return one === undefined || other === undefined ? one === other : equal(one, other);
  });
}

function fromNumber(json: number, type: CelType): Value {
  if (type.kind === 'double') return json;
  if (type.kind === 'int') return BigInt(Math.trunc(json));
  return Number.isInteger(json) ? BigInt(json) : json;
}

function fromText(json: string, type: CelType): Value {
  switch (type.kind) {
    case 'timestamp': {
      const time = Timestamp.parse(json);
      if (!time) throw new CelError(`Invalid date-time in JSON: ${JSON.stringify(json)}`);
      return time;
    }
    case 'duration': {
      const duration = Duration.parse(json);
      if (!duration) throw new CelError(`Invalid duration ${json}`);
      return duration;
    }
    case 'bytes':
      return new Uint8Array(Buffer.from(json, 'base64'));
    default:
      return json;
  }
}

const DYNAMIC: CelType = { kind: 'dyn', name: 'dyn', params: [] };

/**
 * fromJson is a JSON value as a value of a type; with `dyn` whole numbers are ints. Objects and
 * lists are read when their parts are asked for, so this costs nothing for what is not used.
 */
export function fromJson(json: unknown, type: CelType): Value {
  switch (typeof json) {
    case 'boolean':
      return json;
    case 'number':
      return fromNumber(json, type);
    case 'string':
      return fromText(json, type);
    case 'object':
      return json === null ? null : fromStructure(json, type);
    default:
      throw new CelError(`a value of JSON cannot be a ${typeof json}`);
  }
}

function fromStructure(json: object, type: CelType): Value {
  if (Array.isArray(json)) {
    return new JsonList(json, type.params[0] ?? DYNAMIC, type.merge);
  }
  if (type.kind === 'struct') return new JsonObject(json as Json, type);
  return new JsonMap(json as Json, type.kind === 'map' ? (type.params[1] ?? DYNAMIC) : DYNAMIC);
}
