import { type CelType, isDyn, sameType } from './type.ts';

/**
 * Bindings are what the type parameters of one expression stand for. It is copied before an
 * attempt, and an attempt that fails leaves nothing behind. Follows cel-go's `checker/types.go`.
 */
export class Bindings {
  readonly #bound: Map<string, CelType>;
  #free = 0;

  constructor(bound: ReadonlyMap<string, CelType> = new Map()) {
    this.#bound = new Map(bound);
  }

  /** fresh makes a type parameter that nothing else uses. */
  fresh(): CelType {
    return { kind: 'param', name: `_var${this.#free++}`, params: [] };
  }

  find(type: CelType): CelType | undefined {
    return type.kind === 'param' ? this.#bound.get(type.name) : undefined;
  }

  bind(param: CelType, type: CelType): void {
    this.#bound.set(param.name, type);
  }

  /** attempt keeps the bindings of `work` only when it answers true. */
  attempt(work: () => boolean): boolean {
    const before = new Map(this.#bound);
    if (work()) return true;
    this.#bound.clear();
    for (const [name, type] of before) this.#bound.set(name, type);
    return false;
  }
}

/** isAssignable tells whether values of one type may stand where the other is wanted. */
export function isAssignable(bindings: Bindings, from: CelType, to: CelType): boolean {
  return bindings.attempt(() => assignable(bindings, from, to));
}

/** areAssignable is isAssignable for the arguments of a call; their counts must agree. */
export function areAssignable(
  bindings: Bindings,
  from: readonly CelType[],
  to: readonly CelType[],
): boolean {
  return bindings.attempt(() => allAssignable(bindings, from, to));
}

function allAssignable(
  bindings: Bindings,
  from: readonly CelType[],
  to: readonly CelType[],
): boolean {
  if (from.length !== to.length) return false;
  return from.every((one, index) => {
    const other = to[index];
    return other !== undefined && assignable(bindings, one, other);
  });
}

function isLoose(type: CelType): boolean {
  return isDyn(type) || type.kind === 'error';
}

function isNullable({ kind }: CelType): boolean {
  return (
    kind === 'opaque' ||
    kind === 'struct' ||
    kind === 'any' ||
    kind === 'duration' ||
    kind === 'timestamp' ||
    kind === 'null'
  );
}

function assignable(bindings: Bindings, from: CelType, to: CelType): boolean {
  if (to.kind === 'param') {
    const tried = substitutes(bindings, from, to);
    if (tried.valid) return true;
    if (tried.bound) return false;
  }
  if (from.kind === 'param') return substitutes(bindings, to, from).valid;
  if (isLoose(from) || isLoose(to)) return true;
  if (from.kind === 'null') return isNullable(to);
  if (to.kind === 'null') return isNullable(from);
  if (from.kind === 'type') return to.kind === 'type';
  if (from.kind !== to.kind || from.name !== to.name) return false;
  return allAssignable(bindings, from.params, to.params);
}

interface Substitution {
  readonly valid: boolean;
  readonly bound: boolean;
}

/** Whether `param`, or what it stands for, may stand for the type; binds it where it may. */
function substitutes(bindings: Bindings, type: CelType, param: CelType): Substitution {
  if (sameType(type, param)) return { valid: true, bound: true };
  const known = bindings.find(param);
  if (known !== undefined) {
    if (sameType(type, known)) return { valid: true, bound: true };
    if (!assignable(bindings, type, known)) return { valid: false, bound: true };
    const general = mostGeneral(type, known);
    if (!occursIn(bindings, param, general)) bindings.bind(param, general);
    return { valid: true, bound: true };
  }
  if (occursIn(bindings, param, type)) return { valid: false, bound: false };
  bindings.bind(param, type);
  return { valid: true, bound: false };
}

function occursIn(bindings: Bindings, param: CelType, type: CelType): boolean {
  if (sameType(param, type)) return true;
  if (type.kind === 'param') {
    const known = bindings.find(type);
    return known !== undefined && occursIn(bindings, param, known);
  }
  return type.params.some((one) => occursIn(bindings, param, one));
}

/** mostGeneral answers the less specific one of two types that unify. */
export function mostGeneral(left: CelType, right: CelType): CelType {
  return isLessSpecific(left, right) ? left : right;
}

function isLessSpecific(left: CelType, right: CelType): boolean {
  if (isDyn(left) || left.kind === 'param') return true;
  if (isDyn(right) || right.kind === 'param') return false;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'type') return true;
  if (left.name !== right.name || left.params.length !== right.params.length) return false;
  return left.params.every((one, index) => {
    const other = right.params[index];
    return other !== undefined && isLessSpecific(one, other);
  });
}

/** substitute replaces bound type parameters; with `toDyn` also those that are not bound. */
export function substitute(bindings: Bindings, type: CelType, toDyn: boolean): CelType {
  const known = bindings.find(type);
  if (known !== undefined) return substitute(bindings, known, toDyn);
  if (type.kind === 'param') return toDyn ? { kind: 'dyn', name: 'dyn', params: [] } : type;
  if (type.params.length === 0) return type;
  const params = type.params.map((one) => substitute(bindings, one, toDyn));
  return params.every((one, index) => one === type.params[index]) ? type : { ...type, params };
}
