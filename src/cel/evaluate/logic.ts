import { CelError, noOverload } from '../values/errors.ts';
import { Optional } from '../values/value.ts';
import type { Frame, Step } from './frame.ts';

function tried(step: Step, frame: Frame): boolean | CelError {
  try {
    const value = step(frame);
    return typeof value === 'boolean' ? value : noOverload();
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** logical is `||` where `decisive` is true and `&&` where it is false: either side may decide. */
export function logical(left: Step, right: Step, decisive: boolean): Step {
  return (frame) => {
    const first = tried(left, frame);
    if (first === decisive) return decisive;
    const second = tried(right, frame);
    if (second === decisive) return decisive;
    if (first instanceof CelError) throw first;
    if (second instanceof CelError) throw second;
    return !decisive;
  };
}

/** conditional is `condition ? yes : no`. */
export function conditional(condition: Step, yes: Step, no: Step): Step {
  return (frame) => {
    const value = condition(frame);
    if (typeof value !== 'boolean') throw noOverload();
    return value ? yes(frame) : no(frame);
  };
}

/** notStrictlyFalse is false only where its argument is; an error is not. */
export function notStrictlyFalse(step: Step): Step {
  return (frame) => {
    const value = tried(step, frame);
    frame.charge(1);
    return value !== false;
  };
}

/** orElse is `optional.or(other)`, or with `unwrap` `optional.orValue(other)`. */
export function orElse(left: Step, right: Step, unwrap: boolean): Step {
  return (frame) => {
    const value = left(frame);
    if (!(value instanceof Optional)) throw noOverload();
    if (value.value === undefined) return right(frame);
    return unwrap ? value.value : value;
  };
}
