import {
  ACCUMULATOR,
  type CallNode,
  type Expression,
  type FoldNode,
  type IdentNode,
  type ListNode,
  type LiteralNode,
} from './expression.ts';

/** MacroCall is a call that may be a macro; `target` is what it is called on. */
export interface MacroCall {
  readonly at: number;
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

/** MacroError says why the arguments of a macro are wrong. */
export class MacroError extends Error {
  override readonly name = 'MacroError';
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const ACCUMULATORS: ReadonlySet<string> = new Set([ACCUMULATOR, '__result__']);

type Maker = (call: Required<MacroCall> & { readonly target: Expression }) => Expression;

function literal(at: number, value: boolean | bigint): LiteralNode {
  return { kind: 'literal', at, value };
}

function ident(at: number, name: string): IdentNode {
  return { kind: 'ident', at, name };
}

function call(at: number, name: string, ...args: Expression[]): CallNode {
  return { kind: 'call', at, name, target: undefined, args };
}

function member(at: number, name: string, target: Expression): CallNode {
  return { kind: 'call', at, name, target, args: [] };
}

function list(at: number, ...elements: Expression[]): ListNode {
  return { kind: 'list', at, elements, optional: new Set() };
}

function argument(args: readonly Expression[], index: number): Expression {
  const found = args[index];
  if (found === undefined) throw new RangeError(`a macro without argument ${index}`);
  return found;
}

interface Variables {
  readonly variable: string;
  readonly second: string | undefined;
}

function nameOf(node: Expression, wrong: string): string {
  if (node.kind !== 'ident') throw new MacroError(node.at, wrong);
  if (ACCUMULATORS.has(node.name))
    throw new MacroError(node.at, 'iteration variable overwrites accumulator variable');
  return node.name;
}

function oneVariable(args: readonly Expression[], wrong: string): Variables {
  return { variable: nameOf(argument(args, 0), wrong), second: undefined };
}

function twoVariables(args: readonly Expression[]): Variables {
  const wrong = 'argument must be a simple name';
  const variable = nameOf(argument(args, 0), wrong);
  const second = nameOf(argument(args, 1), wrong);
  if (variable === second)
    throw new MacroError(argument(args, 1).at, `duplicate variable name: ${variable}`);
  return { variable, second };
}

type Loop = Pick<FoldNode, 'initial' | 'condition' | 'step' | 'result'>;

function fold(at: number, range: Expression, variables: Variables, loop: Loop): FoldNode {
  return { kind: 'fold', at, range, ...variables, accumulator: ACCUMULATOR, ...loop };
}

function quantifier(name: string, at: number, predicate: Expression): Loop {
  const result = ident(at, ACCUMULATOR);
  if (name === 'all')
    return {
      initial: literal(at, true),
      condition: call(at, '@not_strictly_false', result),
      step: call(at, '_&&_', result, predicate),
      result,
    };
  if (name === 'exists')
    return {
      initial: literal(at, false),
      condition: call(at, '@not_strictly_false', call(at, '!_', result)),
      step: call(at, '_||_', result, predicate),
      result,
    };
  return {
    initial: literal(at, 0n),
    condition: literal(at, true),
    step: call(at, '_?_:_', predicate, call(at, '_+_', result, literal(at, 1n)), result),
    result: call(at, '_==_', result, literal(at, 1n)),
  };
}

function collecting(at: number, initial: Expression, step: Expression, filter?: Expression): Loop {
  const result = ident(at, ACCUMULATOR);
  return {
    initial,
    condition: literal(at, true),
    step: filter ? call(at, '_?_:_', filter, step, result) : step,
    result,
  };
}

function append(at: number, element: Expression): Expression {
  return call(at, '_+_', ident(at, ACCUMULATOR), list(at, element));
}

const SIMPLE_NAME = 'argument must be a simple name';
const NOT_IDENTIFIER = 'argument is not an identifier';

const quantify: Maker = ({ at, name, target, args }) =>
  args.length === 2
    ? fold(at, target, oneVariable(args, SIMPLE_NAME), quantifier(name, at, argument(args, 1)))
    : fold(at, target, twoVariables(args), quantifier(name, at, argument(args, 2)));

const map: Maker = ({ at, target, args }) => {
  const variables = oneVariable(args, NOT_IDENTIFIER);
  const [filter, element] =
    args.length === 3 ? [args[1], argument(args, 2)] : [undefined, argument(args, 1)];
  return fold(at, target, variables, collecting(at, list(at), append(at, element), filter));
};

const filter: Maker = ({ at, target, args }) => {
  const variables = oneVariable(args, NOT_IDENTIFIER);
  const step = append(at, argument(args, 0));
  return fold(at, target, variables, collecting(at, list(at), step, argument(args, 1)));
};

const transform: Maker = ({ at, name, target, args }) => {
  const variables = twoVariables(args);
  const [condition, element] =
    args.length === 4 ? [args[2], argument(args, 3)] : [undefined, argument(args, 2)];
  if (name === 'transformList')
    return fold(at, target, variables, collecting(at, list(at), append(at, element), condition));
  const entry = name === 'transformMap' ? [ident(at, variables.variable), element] : [element];
  const step = call(at, 'cel.@mapInsert', ident(at, ACCUMULATOR), ...entry);
  const initial: Expression = { kind: 'map', at, entries: [] };
  return fold(at, target, variables, collecting(at, initial, step, condition));
};

/** A fold over nothing: `result` sees a value under a name. */
function bound(at: number, name: string, value: Expression, result: Expression): FoldNode {
  return {
    kind: 'fold',
    at,
    range: list(at),
    variable: '#unused',
    second: undefined,
    accumulator: name,
    initial: value,
    condition: literal(at, false),
    step: ident(at, name),
    result,
  };
}

const optional: Maker = ({ at, name, target, args }) => {
  const variable = argument(args, 0);
  if (variable.kind !== 'ident')
    throw new MacroError(variable.at, `${name}() variable name must be a simple identifier`);
  const result = bound(at, variable.name, member(at, 'value', target), argument(args, 1));
  const value = name === 'optMap' ? call(at, 'optional.of', result) : result;
  return call(at, '_?_:_', member(at, 'hasValue', target), value, call(at, 'optional.none'));
};

const MACROS: ReadonlyMap<string, Maker> = new Map([
  ...['all', 'exists', 'exists_one', 'existsOne'].flatMap((name) => [
    [`${name}/2`, quantify] as const,
    [`${name}/3`, quantify] as const,
  ]),
  ['map/2', map],
  ['map/3', map],
  ['filter/2', filter],
  ...['transformList', 'transformMap', 'transformMapEntry'].flatMap((name) => [
    [`${name}/3`, transform] as const,
    [`${name}/4`, transform] as const,
  ]),
  ['optMap/2', optional],
  ['optFlatMap/2', optional],
]);

/** cel.bind gives a value a name within an expression. */
const binding: Maker = ({ at, args }) => {
  const variable = argument(args, 0);
  if (variable.kind !== 'ident')
    throw new MacroError(variable.at, 'cel.bind() variable names must be simple identifiers');
  return bound(at, variable.name, argument(args, 1), argument(args, 2));
};

const isBinding = ({ name, target, args }: MacroCall) =>
  name === 'bind' && args.length === 3 && target?.kind === 'ident' && target.name === 'cel';

/** expandMacro answers what a macro stands for (`cel.bind` where `hasBindings`); undefined when the call is none. Throws a MacroError. */
export function expandMacro(macro: MacroCall, hasBindings: boolean): Expression | undefined {
  const { at, name, target, args } = macro;
  if (target === undefined) {
    if (name !== 'has' || args.length !== 1) return undefined;
    const operand = argument(args, 0);
    if (operand.kind !== 'select' || operand.test)
      throw new MacroError(operand.at, 'invalid argument to has() macro');
    return { ...operand, at, test: true };
  }
  const make = hasBindings && isBinding(macro) ? binding : MACROS.get(`${name}/${args.length}`);
  return make?.({ at, name, target, args });
}
