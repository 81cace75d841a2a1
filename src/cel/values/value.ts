import type { CelType, ListMerge } from '../types/type.ts';
import type { Duration, Timestamp } from './time.ts';

/**
 * Value is a value of an expression: int is a bigint, double a number, bytes a Uint8Array. Values
 * are never changed after they were made.
 */
export type Value =
  | null
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | CelList
  | CelMap
  | Duration
  | Timestamp
  | Optional
  | TypeValue
  | Opaque;

/** Uint is an unsigned integer of 64 bits. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** CelList is a list. */
export abstract class CelList {
  abstract readonly size: number;
  abstract at(index: number): Value;

  /** toArray answers all elements. */
  toArray(): readonly Value[] {
    return Array.from({ length: this.size }, (_, index) => this.at(index));
  }

  /** How a schema says that the list is compared and joined; undefined: in order. */
  get merge(): ListMerge | undefined {
    return undefined;
  }

  /** concat is `+`: the elements of this list and then those of the other. */
  concat(other: CelList): CelList {
    return new ArrayList([...this.toArray(), ...other.toArray()]);
  }
}

/** ArrayList is a list that was computed. */
export class ArrayList extends CelList {
  readonly #items: readonly Value[];
  readonly #merge: ListMerge | undefined;

  constructor(items: readonly Value[], merge?: ListMerge) {
    super();
    this.#items = items;
    this.#merge = merge;
  }

  override get merge(): ListMerge | undefined {
    return this.#merge;
  }

  override get size(): number {
    return this.#items.length;
  }

  override at(index: number): Value {
    return this.#items[index] ?? null;
  }

  override toArray(): readonly Value[] {
    return this.#items;
  }
}

/** GrowingList is a list that a macro collects; it does not change once the macro is done. */
export class GrowingList extends CelList {
  readonly #items: Value[] = [];

  push(item: Value): void {
    this.#items.push(item);
  }

  override get size(): number {
    return this.#items.length;
  }

  override at(index: number): Value {
    return this.#items[index] ?? null;
  }

  override toArray(): readonly Value[] {
    return this.#items;
  }
}

/** CelMap is a map, or an object with fields. */
export abstract class CelMap {
  abstract readonly size: number;
  /** find answers the value of a key, or undefined. */
  abstract find(key: Value): Value | undefined;
  abstract keys(): readonly Value[];

  /** What type() answers: maps are `map`, objects have the name of their type. */
  get typeName(): string {
    return 'map';
  }
}

/** Optional is a value that may be absent. */
export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** TypeValue is a type as a value, such as `int` or `type(x)`. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Opaque is a value of a library's own type; `equals` compares it with one of the same type. */
export abstract class Opaque {
  abstract readonly type: CelType;
  abstract equals(other: Opaque): boolean;
}
