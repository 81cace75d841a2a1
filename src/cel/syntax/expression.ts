import type { Value } from '../values/value.ts';

/** Expression is a node of a parsed expression, macros expanded. `at` is where errors point. */
export type Expression =
  | LiteralNode
  | IdentNode
  | SelectNode
  | CallNode
  | ListNode
  | MapNode
  | StructNode
  | FoldNode;

/** Where a node is in the source: an offset in the text. */
interface Node {
  readonly at: number;
}

/** LiteralNode is a value that is written out. */
export interface LiteralNode extends Node {
  readonly kind: 'literal';
  readonly value: Value;
}

/** IdentNode is the name of a variable, type or part of a qualified name. */
export interface IdentNode extends Node {
  readonly kind: 'ident';
  readonly name: string;
}

/** SelectNode is `operand.field`; with `test` it is `has(operand.field)`. */
export interface SelectNode extends Node {
  readonly kind: 'select';
  readonly operand: Expression;
  readonly field: string;
  readonly test: boolean;
}

/** CallNode is a function or operator; operators have the names of cel-go such as `_+_`. */
export interface CallNode extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

/** ListNode: `optional` are the positions of elements that begin with `?`. */
export interface ListNode extends Node {
  readonly kind: 'list';
  readonly elements: readonly Expression[];
  readonly optional: ReadonlySet<number>;
}

/** MapEntryNode is one `key: value`; `optional` when it begins with `?`. */
export interface MapEntryNode extends Node {
  readonly key: Expression;
  readonly value: Expression;
  readonly optional: boolean;
}

/** MapNode is `{key: value, …}`. */
export interface MapNode extends Node {
  readonly kind: 'map';
  readonly entries: readonly MapEntryNode[];
}

/** StructFieldNode is one `name: value` of a struct; `optional` when it begins with `?`. */
export interface StructFieldNode extends Node {
  readonly name: string;
  readonly value: Expression;
  readonly optional: boolean;
}

/** StructNode is `Name{field: value, …}`. */
export interface StructNode extends Node {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly StructFieldNode[];
}

/**
 * FoldNode is what macros become: over the elements of `range`, `step` computes the accumulator
 * anew while `condition` holds; `result` is computed from it. `second` is there with two variables.
 */
export interface FoldNode extends Node {
  readonly kind: 'fold';
  readonly range: Expression;
  readonly variable: string;
  readonly second: string | undefined;
  readonly accumulator: string;
  readonly initial: Expression;
  readonly condition: Expression;
  readonly step: Expression;
  readonly result: Expression;
}

/** ACCUMULATOR is the name of the variable of a fold; no expression can write it. */
export const ACCUMULATOR = '@result';

/** qualifiedName answers `a.b.c` for selections from a name only. */
export function qualifiedName(node: Expression): string | undefined {
  if (node.kind === 'ident') return node.name;
  if (node.kind !== 'select' || node.test) return undefined;
  const prefix = qualifiedName(node.operand);
  return prefix === undefined ? undefined : `${prefix}.${node.field}`;
}

/** childrenOf answers the expressions directly inside one. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [node.operand];
    case 'call':
      return node.target ? [node.target, ...node.args] : node.args;
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'fold':
      return [node.range, node.initial, node.condition, node.step, node.result];
  }
}
