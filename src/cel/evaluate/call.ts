import { callCost } from '../cost/call-cost.ts';
import type { Overload } from '../library/overload.ts';
import { CelError, noOverload } from '../values/errors.ts';
import { accepts, typeNameOf } from '../values/kinds.ts';
import type { Value } from '../values/value.ts';
import type { Frame, Step } from './frame.ts';

/** pick answers the first overload that takes some values; throws where there is none. */
export function pick(overloads: readonly Overload[], args: readonly Value[]): Overload {
  for (const overload of overloads) {
    const { args: types } = overload;
    let fits = types.length === args.length;
    for (let index = 0; fits && index < types.length; index++) {
      const [type, arg] = [types[index], args[index]];
      fits = type !== undefined && arg !== undefined && accepts(type, arg);
    }
    if (fits) return overload;
  }
  throw noSuchCall(overloads, args);
}

function noSuchCall(overloads: readonly Overload[], args: readonly Value[]): CelError {
  const name = overloads[0]?.name ?? '';
  if (overloads.length < 2 || /^[@_!-]/.test(name)) return noOverload();
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
}

/** Evaluates all arguments even if one fails, as far as cost is concerned. */
function argumentsOf(frame: Frame, steps: readonly Step[]): Value[] {
  const args: Value[] = [];
  let failure: CelError | undefined;
  for (const step of steps) {
    try {
      args.push(step(frame));
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
      if (steps.length > 2) break;
    }
  }
  if (failure) {
    frame.charge(1);
    throw failure;
  }
  return args;
}

/** planCall calls the overload that the values of the arguments ask for. */
export function planCall(overloads: readonly Overload[], steps: readonly Step[]): Step {
  return (frame: Frame) => {
    const args = argumentsOf(frame, steps);
    const overload = pick(overloads, args);
    try {
      const result = overload.run(...args);
      frame.charge(callCost(overload, args, result));
      return result;
    } catch (error) {
      if (error instanceof CelError) frame.charge(callCost(overload, args, null));
      throw error;
    }
  };
}
