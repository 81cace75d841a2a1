import type { CelType } from '../types/type.ts';
import { CelMap, type Value } from './value.ts';

/** StructValue is an object that an expression made, such as `Object.spec{replicas: 1}`. */
export class StructValue extends CelMap {
  readonly type: CelType;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(type: CelType, values: ReadonlyMap<string, Value>) {
    super();
    this.type = type;
    this.#values = values;
  }

  override get size(): number {
    return this.#values.size;
  }

  override get typeName(): string {
    return this.type.name;
  }

  override find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#values.get(key) : undefined;
  }

  override keys(): readonly Value[] {
    return [...this.#values.keys()];
  }
}
