import type { Library } from './library/library.ts';
import type { Overload } from './library/overload.ts';
import {
  type CallNode,
  type Expression,
  type FoldNode,
  type ListNode,
  type MapNode,
  qualifiedName,
  type SelectNode,
  type StructNode,
} from './syntax/expression.ts';
import type { Issue } from './syntax/source.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DYN,
  ERROR,
  formatSignature,
  formatType,
  INT,
  isDyn,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  typeParam,
  UINT,
  unwrapOptional,
} from './types/type.ts';
import type { TypeSource } from './types/type-source.ts';
import { areAssignable, Bindings, isAssignable, mostGeneral, substitute } from './types/unify.ts';
import { Uint, type Value } from './values/value.ts';

/** Declarations are the names that an expression may use. */
export interface Declarations {
  readonly library: Library;
  readonly variables: ReadonlyMap<string, CelType>;
  /** Types that can be named and made, such as `Object.spec`; by name. */
  readonly types: TypeSource;
}

/** Checked is what the checker found out of the nodes of an expression. */
export interface Checked {
  readonly issues: readonly Issue[];
  readonly typeOf: (node: Expression) => CelType;
  /** The overloads that may be meant by a call; empty for what is none. */
  readonly overloadsOf: (node: Expression) => readonly Overload[];
  /** The variable or type that a node names, such as `a.b` for a selection. */
  readonly nameOf: (node: Expression) => string | undefined;
}

/** check finds the types of an expression. Follows cel-go's `checker/checker.go`. */
export function check(expression: Expression, declarations: Declarations): Checked {
  const checker = new Checker(declarations);
  checker.check(expression);
  return checker.result();
}

function literalType(value: Value): CelType {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
      return value === null ? NULL : value instanceof Uint ? UINT : BYTES;
  }
}

type Scope = ReadonlyMap<string, CelType>;

class Checker {
  readonly #declarations: Declarations;
  readonly #bindings = new Bindings();
  readonly #issues: Issue[] = [];
  readonly #types = new Map<Expression, CelType>();
  readonly #overloads = new Map<Expression, readonly Overload[]>();
  readonly #names = new Map<Expression, string>();
  #scopes: readonly Scope[] = [];

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  result(): Checked {
    const types = new Map<Expression, CelType>();
    for (const [node, type] of this.#types) types.set(node, substitute(this.#bindings, type, true));
    return {
      issues: this.#issues,
      typeOf: (node) => types.get(node) ?? DYN,
      overloadsOf: (node) => this.#overloads.get(node) ?? [],
      nameOf: (node) => this.#names.get(node),
    };
  }

  check(node: Expression): CelType {
    const type = this.#typeOf(node);
    this.#types.set(node, type);
    return type;
  }

  #report(node: { readonly at: number }, message: string): CelType {
    this.#issues.push({ at: node.at, message });
    return ERROR;
  }

  #mismatch(node: { readonly at: number }, expected: CelType, actual: CelType): CelType {
    const [wanted, found] = [expected, actual].map(formatType);
    return this.#report(node, `expected type '${wanted}' but found '${found}'`);
  }

  #undeclared(node: { readonly at: number }, name: string): CelType {
    return this.#report(node, `undeclared reference to '${name}' (in container '')`);
  }

  #resolved(type: CelType): CelType {
    return substitute(this.#bindings, type, false);
  }

  #typeOf(node: Expression): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value);
      case 'ident':
        return this.#ident(node, node.name) ?? this.#undeclared(node, node.name);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return this.#struct(node);
      case 'fold':
        return this.#fold(node);
    }
  }

  #ident(node: Expression, name: string): CelType | undefined {
    for (const scope of this.#scopes) {
      const found = scope.get(name);
      if (found) return found;
    }
    const { variables, library } = this.#declarations;
    const found = variables.get(name) ?? library.types.get(name);
    if (found) this.#names.set(node, name);
    return found;
  }

  #select(node: SelectNode): CelType {
    const name = qualifiedName(node);
    const whole = name === undefined ? undefined : this.#ident(node, name);
    if (whole) return whole;
    const type = this.#field(node, node.operand, node.field, false);
    return node.test ? BOOL : this.#resolved(type);
  }

  #field(node: Expression, operand: Expression, field: string, optional: boolean): CelType {
    const operandType = this.#resolved(this.check(operand));
    const inner = unwrapOptional(operandType);
    const type = this.#fieldType(node, inner ?? operandType, field);
    return inner || optional ? optionalOf(type) : type;
  }

  #fieldType(node: Expression, target: CelType, field: string): CelType {
    switch (target.kind) {
      case 'map':
        return target.params[1] ?? DYN;
      case 'struct': {
        const found = target.fields?.get(field);
        return found ? found.type : this.#report(node, `undefined field '${field}'`);
      }
      case 'param':
        isAssignable(this.#bindings, DYN, target);
        return DYN;
      default:
        if (!isDyn(target) && target.kind !== 'error')
          this.#report(node, `type '${formatType(target)}' does not support field selection`);
        return DYN;
    }
  }

  #call(node: CallNode): CelType {
    if (node.name === '_?._') return this.#optionalSelect(node);
    const args = node.args.map((arg) => this.check(arg));
    const { functions } = this.#declarations.library;
    if (node.target === undefined) {
      const found = functions.get(node.name);
      if (!found) return this.#undeclared(node, node.name);
      return this.#overload(node, node.name, found, args);
    }
    const prefix = qualifiedName(node.target);
    const whole = prefix === undefined ? undefined : `${prefix}.${node.name}`;
    const namespaced = whole === undefined ? undefined : functions.get(whole);
    if (whole !== undefined && namespaced) {
      this.#names.set(node, whole);
      return this.#overload({ ...node, target: undefined }, whole, namespaced, args, node);
    }
    const target = this.check(node.target);
    const found = functions.get(node.name);
    if (!found) return this.#undeclared(node, node.name);
    return this.#overload(node, node.name, found, [target, ...args]);
  }

  #optionalSelect(node: CallNode): CelType {
    const [operand, field] = node.args;
    if (!operand || field?.kind !== 'literal' || typeof field.value !== 'string')
      return this.#report(node, 'unsupported optional field selection');
    this.#overloads.set(node, this.#declarations.library.functions.get(node.name) ?? []);
    this.check(field);
    return this.#resolved(this.#field(node, operand, field.value, true));
  }

  #overload(
    node: CallNode,
    name: string,
    overloads: readonly Overload[],
    args: readonly CelType[],
    original: CallNode = node,
  ): CelType {
    const member = node.target !== undefined;
    if (name === '_&&_' || name === '_||_') return this.#logic(original, overloads, args);
    const found: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.member !== member) continue;
      const fresh = this.#instantiate(overload);
      if (!areAssignable(this.#bindings, args, fresh.args)) continue;
      found.push(overload);
      const own = this.#resolved(fresh.result);
      if (result === undefined) result = own;
      else if (!isDyn(result) && formatType(own) !== formatType(result)) result = DYN;
    }
    this.#overloads.set(original, found);
    if (result !== undefined) return result;
    const shown = args.map((arg) => substitute(this.#bindings, arg, true));
    const signature = formatSignature(shown, member);
    return this.#report(node, `found no matching overload for '${name}' applied to '${signature}'`);
  }

  #logic(node: CallNode, overloads: readonly Overload[], args: readonly CelType[]): CelType {
    const wrong = args.filter((arg, index) => {
      if (isAssignable(this.#bindings, arg, BOOL)) return false;
      this.#mismatch(node.args[index] ?? node, BOOL, arg);
      return true;
    });
    if (wrong.length > 0) return ERROR;
    this.#overloads.set(node, overloads);
    return BOOL;
  }

  /** Gives the type parameters of an overload names that nothing else has. */
  #instantiate({ args, result }: Overload): { args: readonly CelType[]; result: CelType } {
    const own = new Bindings();
    const names = new Set<string>();
    for (const type of [...args, result]) collectParams(type, names);
    if (names.size === 0) return { args, result };
    for (const name of names) own.bind(typeParam(name), this.#bindings.fresh());
    return {
      args: args.map((arg) => substitute(own, arg, false)),
      result: substitute(own, result, false),
    };
  }

  #unwrapped(node: Expression, type: CelType, optional: boolean): CelType {
    if (!optional) return type;
    const inner = unwrapOptional(type);
    if (!inner && !isDyn(type)) this.#mismatch(node, optionalOf(type), type);
    return inner ?? type;
  }

  /** What a literal has of two types is `dyn`; where that is wrong is checked afterwards. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    if (isAssignable(this.#bindings, previous, current)) return mostGeneral(previous, current);
    return DYN;
  }

  #list(node: ListNode): CelType {
    let element: CelType | undefined;
    for (const [index, one] of node.elements.entries()) {
      const type = this.#unwrapped(one, this.check(one), node.optional.has(index));
      element = this.#join(element, type);
    }
    return listOf(element ?? this.#bindings.fresh());
  }

  #map(node: MapNode): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of node.entries) {
      key = this.#join(key, this.check(entry.key));
      const type = this.#unwrapped(entry.value, this.check(entry.value), entry.optional);
      value = this.#join(value, type);
    }
    return mapOf(key ?? this.#bindings.fresh(), value ?? this.#bindings.fresh());
  }

  #struct(node: StructNode): CelType {
    const type = this.#declarations.types.get(node.name);
    if (!type) return this.#undeclared(node, node.name);
    for (const { at, name, value, optional } of node.fields) {
      const given = this.#unwrapped(value, this.check(value), optional);
      const field = type.fields?.get(name)?.type;
      if (!field) this.#report({ at }, `undefined field '${name}'`);
      else if (!isAssignable(this.#bindings, field, given)) {
        const [wanted, found] = [field, substitute(this.#bindings, given, true)].map(formatType);
        this.#report(
          { at },
          `expected type of field '${name}' is '${wanted}' but provided type is '${found}'`,
        );
      }
    }
    return type;
  }

  #fold(node: FoldNode): CelType {
    const range = this.#resolved(this.check(node.range));
    const accumulator = this.check(node.initial);
    const before = this.#scopes;
    const outer: readonly Scope[] = [new Map([[node.accumulator, accumulator]]), ...before];
    this.#scopes = [this.#variables(node, range), ...outer];
    this.#assert(node.condition, BOOL);
    this.#assert(node.step, accumulator);
    this.#scopes = outer;
    const result = this.check(node.result);
    this.#scopes = before;
    return this.#resolved(result);
  }

  #assert(node: Expression, type: CelType): void {
    const found = this.check(node);
    if (!isAssignable(this.#bindings, type, found)) this.#mismatch(node, type, found);
  }

  #variables(node: FoldNode, range: CelType): Scope {
    const [first, second] = this.#elementTypes(node, range);
    const scope = new Map([[node.variable, first]]);
    if (node.second !== undefined) scope.set(node.second, second);
    return scope;
  }

  #elementTypes(node: FoldNode, range: CelType): readonly [CelType, CelType] {
    const [first = DYN, second = DYN] = range.params;
    switch (range.kind) {
      case 'list':
        return node.second === undefined ? [first, DYN] : [INT, first];
      case 'map':
        return [first, second];
      case 'dyn':
      case 'any':
      case 'error':
      case 'param':
        isAssignable(this.#bindings, DYN, range);
        return [DYN, DYN];
      default:
        this.#report(
          node.range,
          `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [ERROR, ERROR];
    }
  }
}

function collectParams(type: CelType, names: Set<string>): void {
  if (type.kind === 'param') names.add(type.name);
  for (const one of type.params) collectParams(one, names);
}
