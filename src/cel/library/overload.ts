import type { CelType } from '../types/type.ts';
import type { Value } from '../values/value.ts';

/**
 * Overload is one form of a function. The receiver of a member function is its first argument.
 * `run` may throw a CelError; arguments are of the types that it wants.
 */
export interface Overload {
  readonly name: string;
  /** The identity of the overload, as in cel-go: costs are given by it. */
  readonly id: string;
  readonly member: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly run: (...args: readonly Value[]) => Value;
}

interface Shape {
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly run: (...args: readonly Value[]) => Value;
}

/** fn declares a function that is called by its name alone. */
export function fn(name: string, id: string, shape: Shape): Overload {
  return { name, id, member: false, ...shape };
}

/** method declares a function that is called on its first argument. */
export function method(name: string, id: string, shape: Shape): Overload {
  return { name, id, member: true, ...shape };
}
