import type { Expression } from '../syntax/expression.ts';
import { CelError, CostExceeded } from '../values/errors.ts';
import type { Value } from '../values/value.ts';

/** Activation answers the variables of an evaluation; it is asked when one is used. */
export type Activation = (name: string) => Value | undefined;

/** Failure is a failed step of a fold: it is an error only when something reads it. */
export class Failure {
  readonly error: CelError;

  constructor(error: CelError) {
    this.error = error;
  }
}

/** Frame is the state of one evaluation. */
export class Frame {
  readonly activation: Activation;
  readonly locals: (Value | Failure)[] = [];
  readonly #limit: number;
  #cost = 0;

  constructor(activation: Activation, limit: number) {
    this.activation = activation;
    this.#limit = limit;
  }

  get cost(): number {
    return this.#cost;
  }

  /** charge adds to the cost; throws when there is too much of it. */
  charge(cost: number): void {
    this.#cost += cost;
    if (this.#cost > this.#limit) throw new CostExceeded();
  }

  variable(name: string): Value {
    const value = this.activation(name);
    if (value === undefined) throw new CelError(`no such attribute(s): ${name}`);
    return value;
  }

  local(slot: number): Value {
    const value = this.locals[slot];
    if (value instanceof Failure) throw value.error;
    return value ?? null;
  }
}

/** Step is a planned node. */
export type Step = (frame: Frame) => Value;

/** Slots are the places of local variables by name. */
export type Slots = ReadonlyMap<string, number>;

/** NodePlanner plans nodes; `newSlot` reserves a place for a local variable. */
export interface NodePlanner {
  plan(node: Expression, slots: Slots): Step;
  newSlot(): number;
}
