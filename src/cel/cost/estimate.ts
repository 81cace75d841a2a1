import type { Checked } from '../checker.ts';
import { lengthOf } from '../library/conversions.ts';
import {
  ACCUMULATOR,
  type CallNode,
  type Expression,
  type FoldNode,
  type ListNode,
  type MapNode,
} from '../syntax/expression.ts';
import { type CelType, unwrapOptional } from '../types/type.ts';
import { type Bounds, fixed, MAX, plus, times, UNKNOWN, union } from './bounds.ts';
import { estimateCall, type Sized } from './estimate-call.ts';

/** CostEstimate are the bounds of what one evaluation costs. */
export type CostEstimate = Bounds;

/** What is known of the keys and values of a list or map. */
interface Entries {
  readonly kind: 'list' | 'map';
  readonly key: Bounds;
  readonly value: Bounds;
}

/** A local variable: what type it was declared with, how big it and its parts are. */
interface Local {
  readonly declared: CelType | undefined;
  readonly size: Bounds | undefined;
  readonly entries: Entries | undefined;
}

/**
 * estimateCost answers the bounds of the cost of an expression, from the sizes that the types of
 * variables state. Follows cel-go's `checker/cost.go` as Kubernetes 1.34 uses it.
 */
export function estimateCost(
  expression: Expression,
  checked: Checked,
  variables: ReadonlyMap<string, CelType>,
): CostEstimate {
  return new Estimator(checked, variables).cost(expression);
}

const SCALARS: ReadonlySet<string> = new Set([
  'bool',
  'double',
  'duration',
  'int',
  'timestamp',
  'type',
  'uint',
]);

function isScalar(type: CelType): boolean {
  const inner = unwrapOptional(type);
  return inner ? isScalar(inner) : SCALARS.has(type.kind);
}

/** What is known of a member: of maps only where each value may be anything, within bounds. */
function memberOf(declared: CelType, field: string): CelType | undefined {
  if (declared.kind !== 'map') return declared.fields?.get(field)?.type;
  const value = declared.params[1];
  return value?.kind === 'any' ? value : undefined;
}

class Estimator {
  readonly #checked: Checked;
  readonly #variables: ReadonlyMap<string, CelType>;
  readonly #declared = new Map<Expression, CelType | undefined>();
  readonly #sizes = new Map<Expression, Bounds>();
  readonly #entries = new Map<Expression, Entries>();
  #locals: ReadonlyMap<string, Local> = new Map();

  constructor(checked: Checked, variables: ReadonlyMap<string, CelType>) {
    this.#checked = checked;
    this.#variables = variables;
  }

  cost(node: Expression): CostEstimate {
    switch (node.kind) {
      case 'literal':
        return fixed(0);
      case 'ident':
        this.#declared.set(node, this.#declaredIdent(node.name));
        return fixed(1);
      case 'select':
        return this.#select(node, node.operand, node.field, node.test);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return plus(fixed(40), ...node.fields.map(({ value }) => this.cost(value)));
      case 'fold':
        return node.accumulator === ACCUMULATOR ? this.#fold(node) : this.#bind(node);
    }
  }

  #declaredIdent(name: string): CelType | undefined {
    const local = this.#locals.get(name);
    return local ? local.declared : this.#variables.get(name);
  }

  #select(node: Expression, operand: Expression, field: string, test: boolean): CostEstimate {
    const name = this.#checked.nameOf(node);
    if (name !== undefined) {
      this.#declared.set(node, this.#variables.get(name));
      return fixed(1);
    }
    const sum = this.cost(operand);
    if (test) return sum;
    const declared = this.#declared.get(operand);
    this.#declared.set(node, declared && memberOf(declared, field));
    const { kind } = this.#checked.typeOf(operand);
    return kind === 'map' || kind === 'struct' ? plus(sum, fixed(1)) : sum;
  }

  /** The size of a node, where anything bounds it. */
  #size(node: Expression): Bounds | undefined {
    const known = this.#sizes.get(node) ?? literalSize(node);
    if (known) return known;
    const declared = this.#declared.get(node);
    if (declared?.size) return { min: 0, max: declared.size.maxElements };
    if (isScalar(this.#checked.typeOf(node))) return fixed(1);
    return node.kind === 'ident' ? this.#locals.get(node.name)?.size : undefined;
  }

  #entriesOf(node: Expression): Entries | undefined {
    const known = this.#entries.get(node);
    if (known) return known;
    return node.kind === 'ident' ? this.#locals.get(node.name)?.entries : undefined;
  }

  #sized(node: Expression): Sized {
    const declared = this.#declared.get(node);
    const type = this.#checked.typeOf(node);
    const element = declared?.kind === 'list' ? declared.params[0] : undefined;
    return {
      type,
      size: this.#size(node) ?? UNKNOWN,
      elementType: type.kind === 'list' ? type.params[0] : undefined,
      elementSize: element?.size ? { min: 0, max: element.size.maxElements } : UNKNOWN,
      literal: node.kind === 'literal' ? node.value : undefined,
    };
  }

  #call(node: CallNode): CostEstimate {
    const namespaced = this.#checked.nameOf(node);
    if (node.name === 'dyn' && node.args[0]) return this.#dyn(node, node.args[0]);
    if (node.name === '_?._' && node.args[0] && node.args[1]?.kind === 'literal')
      return plus(fixed(1), this.#select(node, node.args[0], String(node.args[1].value), false));
    const costs = node.args.map((arg) => this.cost(arg));
    const args = node.args.map((arg) => this.#sized(arg));
    const member = node.target !== undefined && namespaced === undefined;
    const targetCost = member && node.target ? this.cost(node.target) : fixed(0);
    const target = member && node.target ? this.#sized(node.target) : undefined;
    const overloads = this.#checked.overloadsOf(node);
    if (overloads.length === 0) return fixed(0);
    let total: Bounds = { min: MAX, max: 0 };
    let size: Bounds | undefined;
    for (const overload of overloads) {
      const one = estimateCall({ overload, target, args, costs });
      total = union(total, one.cost);
      if (one.size) size = size ? union(size, one.size) : one.size;
      size = this.#track(node, overload.id) ?? size;
    }
    const known = size ?? this.#size(node);
    if (known) this.#sizes.set(node, known);
    return plus(targetCost, total);
  }

  #dyn(node: CallNode, arg: Expression): CostEstimate {
    const cost = plus(fixed(1), this.cost(arg));
    const [size, entries] = [this.#size(arg), this.#entriesOf(arg)];
    if (size) this.#sizes.set(node, size);
    if (entries) this.#entries.set(node, entries);
    return cost;
  }

  /** Follows the parts of lists and maps through the calls that take or join them. */
  #track(node: CallNode, id: string): Bounds | undefined {
    const [first, second, third] = node.args;
    if (!first) return undefined;
    if (id === 'index_list' || id === 'index_map') {
      const declared = this.#declared.get(first);
      const at = id === 'index_list' ? 0 : 1;
      this.#declared.set(node, declared?.params[at]);
      return this.#entriesOf(first)?.value;
    }
    const sides = id === 'conditional' ? [second, third] : [first, second];
    if (!/^(?:conditional|add_string|add_bytes|add_list)$/.test(id)) return undefined;
    const [left, right] = sides.map((one) => one && this.#entriesOf(one));
    if (left && right)
      this.#entries.set(node, {
        kind: left.kind,
        key: union(left.key, right.key),
        value: union(left.value, right.value),
      });
    return undefined;
  }

  #list(node: ListNode): CostEstimate {
    const sum = plus(...node.elements.map((one) => this.cost(one)));
    const sizes = node.elements.map((one) => this.#size(one) ?? UNKNOWN);
    const none: Bounds = { min: sizes.length === 0 ? 0 : MAX, max: 0 };
    this.#entries.set(node, { kind: 'list', key: fixed(1), value: sizes.reduce(union, none) });
    return plus(sum, fixed(10));
  }

  #map(node: MapNode): CostEstimate {
    const sum = plus(
      ...node.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]),
    );
    const none: Bounds = { min: node.entries.length === 0 ? 0 : MAX, max: 0 };
    const sizeOf = (nodes: readonly Expression[]) =>
      nodes.map((one) => this.#size(one) ?? UNKNOWN).reduce(union, none);
    this.#entries.set(node, {
      kind: 'map',
      key: sizeOf(node.entries.map(({ key }) => key)),
      value: sizeOf(node.entries.map(({ value }) => value)),
    });
    return plus(sum, fixed(30));
  }

  #local(node: Expression): Local {
    return {
      declared: this.#declared.get(node),
      size: this.#size(node),
      entries: this.#entriesOf(node),
    };
  }

  #within<T>(locals: readonly (readonly [string, Local])[], work: () => T): T {
    const before = this.#locals;
    this.#locals = new Map([...before, ...locals]);
    try {
      return work();
    } finally {
      this.#locals = before;
    }
  }

  #iterated(range: Expression, part: 'key' | 'value'): Local {
    const entries = this.#entriesOf(range);
    const declared = this.#declared.get(range);
    const kind = entries?.kind ?? this.#checked.typeOf(range).kind;
    const index = kind === 'list' ? 0 : part === 'key' ? 0 : 1;
    const isIndex = kind === 'list' && part === 'key';
    return {
      declared: isIndex ? undefined : declared?.params[index],
      size: entries?.[part],
      entries: undefined,
    };
  }

  #iterationVariables(node: FoldNode): readonly (readonly [string, Local])[] {
    if (node.second !== undefined)
      return [
        [node.variable, this.#iterated(node.range, 'key')],
        [node.second, this.#iterated(node.range, 'value')],
      ];
    const entries = this.#entriesOf(node.range);
    const kind = entries?.kind ?? this.#checked.typeOf(node.range).kind;
    return [[node.variable, this.#iterated(node.range, kind === 'list' ? 'value' : 'key')]];
  }

  #fold(node: FoldNode): CostEstimate {
    const before = plus(this.cost(node.range), this.cost(node.initial));
    const accumulator = [node.accumulator, this.#local(node.initial)] as const;
    const variables = this.#iterationVariables(node);
    const loop = this.#within([accumulator, ...variables], () =>
      plus(this.cost(node.condition), this.cost(node.step)),
    );
    const result = this.#within([accumulator], () => this.cost(node.result));
    const count = this.#size(node.range) ?? UNKNOWN;
    if (node.initial.kind === 'literal') {
      const size = this.#size(node.initial);
      if (size) this.#sizes.set(node, size);
    } else {
      this.#sizes.set(node, count);
      const entries = this.#entriesOf(node.step);
      if (entries) this.#entries.set(node, entries);
    }
    return plus(before, times(count, loop), result);
  }

  #bind(node: FoldNode): CostEstimate {
    const before = plus(this.cost(node.range), this.cost(node.initial));
    const variable = [node.accumulator, this.#local(node.initial)] as const;
    return this.#within([variable], () => {
      const cost = plus(before, this.cost(node.result));
      const [size, entries] = [this.#size(node.result), this.#entriesOf(node.result)];
      if (size) this.#sizes.set(node, size);
      if (entries) this.#entries.set(node, entries);
      return cost;
    });
  }
}

function literalSize(node: Expression): Bounds | undefined {
  if (node.kind === 'list') return fixed(node.elements.length);
  if (node.kind === 'map') return fixed(node.entries.length);
  if (node.kind !== 'literal') return undefined;
  const { value } = node;
  if (typeof value === 'string') return fixed(lengthOf(value));
  return fixed(value instanceof Uint8Array ? value.length : 1);
}
