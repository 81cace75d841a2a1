import type { Checked } from '../checker.ts';
import { regexProblem } from '../library/regex.ts';
import {
  ACCUMULATOR,
  type CallNode,
  type Expression,
  type FoldNode,
  type ListNode,
  type MapNode,
  type SelectNode,
  type StructNode,
} from '../syntax/expression.ts';
import type { TypeSource } from '../types/type-source.ts';
import { EntryMap } from '../values/collections.ts';
import { CelError } from '../values/errors.ts';
import { StructValue } from '../values/struct-value.ts';
import { ArrayList, Optional, TypeValue, type Value } from '../values/value.ts';
import { hasField, indexInto, indexOptional, selectField, selectOptional } from './access.ts';
import { pick, planCall } from './call.ts';
import { appendStep, insertStep, LIST_COST } from './collect.ts';
import { planFold } from './fold.ts';
import { Frame, type NodePlanner, type Slots, type Step } from './frame.ts';
import { conditional, logical, notStrictlyFalse, orElse } from './logic.ts';

const MAP_COST = 30;
const STRUCT_COST = 40;
const CONVERSIONS: ReadonlySet<string> = new Set(
  'bool bytes double duration dyn int string timestamp type uint'.split(' '),
);

/** PlanError says that a constant part of an expression cannot be computed. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** plan makes a checked expression into something that can be run any number of times. */
export function plan(expression: Expression, checked: Checked, structs: TypeSource): Step {
  return new Planner(checked, structs).plan(expression, new Map());
}

/** Planner plans the nodes of one expression. */
class Planner implements NodePlanner {
  readonly #checked: Checked;
  readonly #structs: TypeSource;
  /** What nodes are known to be before anything is evaluated. */
  readonly #constants = new Map<Step, Value>();
  #slots = 0;

  constructor(checked: Checked, structs: TypeSource) {
    this.#checked = checked;
    this.#structs = structs;
  }

  newSlot(): number {
    return this.#slots++;
  }

  plan(node: Expression, slots: Slots): Step {
    switch (node.kind) {
      case 'literal':
        return this.#constant(node.value);
      case 'ident':
        return this.#ident(node, node.name, slots);
      case 'select':
        return this.#select(node, slots);
      case 'call':
        return this.#call(node, slots);
      case 'list':
        return this.#list(node, slots);
      case 'map':
        return this.#map(node, slots);
      case 'struct':
        return this.#struct(node, slots);
      case 'fold':
        return this.#fold(node, slots);
    }
  }

  #constant(value: Value): Step {
    const step: Step = () => value;
    this.#constants.set(step, value);
    return step;
  }

  #fold(node: FoldNode, slots: Slots): Step {
    return planFold(this, node, slots);
  }

  #ident(node: Expression, name: string, slots: Slots): Step {
    const slot = slots.get(name);
    if (slot !== undefined)
      return (frame) => {
        frame.charge(1);
        return frame.local(slot);
      };
    const type = this.#checked.typeOf(node);
    if (type.kind === 'type' && type.params[0] !== undefined)
      return this.#constant(new TypeValue(type.params[0].name));
    return (frame) => {
      frame.charge(1);
      return frame.variable(name);
    };
  }

  /** What a selection from something that is no variable costs more. */
  #rootCost(node: Expression): number {
    return this.#isAttribute(node) || (node.kind === 'call' && node.name === '_?_:_') ? 0 : 1;
  }

  /** Cost counts no variable that is an index or a branch of a condition. */
  #uncharged(node: Expression | undefined, step: Step): Step {
    if (this.#constants.has(step) || !node || !this.#isAttribute(node)) return step;
    return (frame) => {
      const value = step(frame);
      frame.charge(-1);
      return value;
    };
  }

  #isAttribute(node: Expression): boolean {
    if (node.kind === 'ident') return true;
    if (node.kind === 'select') return !node.test;
    return node.kind === 'call' && /^_\[|^_\?\._$/.test(node.name);
  }

  #select(node: SelectNode, slots: Slots): Step {
    const name = this.#checked.nameOf(node);
    if (name !== undefined) return this.#ident(node, name, slots);
    const operand = this.plan(node.operand, slots);
    const { field } = node;
    if (node.test) return (frame) => hasField(operand(frame), field);
    const cost = 1 + this.#rootCost(node.operand);
    return (frame) => {
      const value = operand(frame);
      frame.charge(cost);
      return selectField(value, field);
    };
  }

  #call(node: CallNode, slots: Slots): Step {
    const namespaced = this.#checked.nameOf(node);
    const target = namespaced === undefined && node.target ? [node.target] : [];
    const steps = [...target, ...node.args].map((arg) => this.plan(arg, slots));
    const special = this.#special(node, steps, slots);
    if (special) return special;
    const overloads = this.#checked.overloadsOf(node);
    const [only] = overloads;
    const [first] = steps;
    if (only && first && steps.length === 1 && CONVERSIONS.has(only.name)) {
      const constant = this.#constants.get(first);
      if (constant !== undefined)
        return this.#attempted(() => pick(overloads, [constant]).run(constant));
    }
    this.#checkPattern(node, steps);
    return planCall(overloads, steps);
  }

  /** A pattern that is known is compiled now. */
  #checkPattern({ name }: CallNode, steps: readonly Step[]): void {
    const pattern = steps[1] && this.#constants.get(steps[1]);
    if (!/^(?:find|findAll|matches)$/.test(name) || typeof pattern !== 'string') return;
    const problem = regexProblem(pattern);
    if (problem !== undefined) throw new PlanError(problem);
  }

  /** A constant that is computed now; what fails keeps the program from being made. */
  #attempted(compute: () => Value): Step {
    try {
      return this.#constant(compute());
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      throw new PlanError(error.message, { cause: error });
    }
  }

  #special(node: CallNode, steps: readonly Step[], slots: Slots): Step | undefined {
    const [first = this.#constant(null), second = first, third = first] = steps;
    switch (node.name) {
      case '_&&_':
        return logical(first, second, false);
      case '_||_':
        return logical(first, second, true);
      case '_?_:_':
        return conditional(
          first,
          this.#uncharged(node.args[1], second),
          this.#uncharged(node.args[2], third),
        );
      case '@not_strictly_false':
        return notStrictlyFalse(first);
      case 'or':
      case 'orValue':
        return orElse(first, second, node.name === 'orValue');
      case '_[_]':
        return this.#index(node, [first, this.#uncharged(node.args[1], second)], indexInto);
      case '_[?_]':
        return this.#index(node, [first, this.#uncharged(node.args[1], second)], indexOptional);
      case '_?._':
        return this.#index(node, [first, second], (value, field) =>
          selectOptional(value, String(field)),
        );
      case '_+_':
      case 'cel.@mapInsert':
        return this.#collect(node, slots);
      case '@in':
        return this.#inConstant(first, second);
      default:
        return undefined;
    }
  }

  #index(
    node: CallNode,
    [operand, index]: readonly [Step, Step],
    run: (value: Value, index: Value) => Value,
  ): Step {
    const [root] = node.args;
    const cost = 1 + (root ? this.#rootCost(root) : 0);
    return (frame) => {
      const value = operand(frame);
      const at = index(frame);
      const found = run(value, at);
      frame.charge(found === Optional.none ? cost - 1 : cost);
      return found;
    };
  }

  /** The step of a macro that collects: it adds to what it has instead of copying it. */
  #collect(node: CallNode, slots: Slots): Step | undefined {
    const [into, ...added] = node.args;
    const slot = slots.get(ACCUMULATOR);
    if (into?.kind !== 'ident' || into.name !== ACCUMULATOR || slot === undefined) return undefined;
    const [item, value] = added;
    if (node.name === '_+_') {
      if (item?.kind !== 'list' || item.elements.length !== 1 || !item.elements[0])
        return undefined;
      return appendStep(
        slot,
        this.plan(item.elements[0], slots),
        item.elements[0].kind === 'literal',
      );
    }
    if (!item) return undefined;
    const key = this.plan(item, slots);
    return insertStep(slot, key, value && this.plan(value, slots));
  }

  #inConstant(value: Step, list: Step): Step | undefined {
    const constant = this.#constants.get(list);
    if (!(constant instanceof ArrayList)) return undefined;
    const items = constant.toArray();
    const simple = items.every((one) => typeof one === 'string' || typeof one === 'bigint');
    if (!simple || new Set(items.map((one) => typeof one)).size !== 1) return undefined;
    const members = new Set<Value>(items);
    return (frame) => members.has(value(frame));
  }

  #list({ elements, optional }: ListNode, slots: Slots): Step {
    const steps = elements.map((one) => this.plan(one, slots));
    if (optional.size === 0 && steps.every((one) => this.#constants.has(one)))
      return this.#constant(new ArrayList(steps.map((one) => this.#constants.get(one) ?? null)));
    return (frame) => {
      const items: Value[] = [];
      for (const [index, step] of steps.entries()) {
        const item = step(frame);
        if (!optional.has(index)) items.push(item);
        else pushOptional(item, (value) => items.push(value));
      }
      frame.charge(LIST_COST);
      return new ArrayList(items);
    };
  }

  #map({ entries }: MapNode, slots: Slots): Step {
    const steps = entries.map(({ key, value, optional }) => ({
      key: this.plan(key, slots),
      value: this.plan(value, slots),
      optional,
    }));
    const build = (frame: Frame) => {
      const map = new EntryMap([]);
      for (const { key, value, optional } of steps) {
        const at = key(frame);
        const found = value(frame);
        if (map.find(at) !== undefined) throw new CelError(`Failed with repeated key`);
        if (!optional) map.insert(at, found);
        else pushOptional(found, (inner) => map.insert(at, inner));
      }
      return map;
    };
    const isConstant = (step: Step) => this.#constants.has(step);
    if (
      steps.every(({ key, value, optional }) => isConstant(key) && isConstant(value) && !optional)
    )
      return this.#attempted(() => build(new Frame(() => undefined, 0)));
    return (frame) => {
      const map = build(frame);
      frame.charge(MAP_COST);
      return map;
    };
  }

  #struct({ name, fields }: StructNode, slots: Slots): Step {
    const type = this.#structs.get(name);
    const steps = fields.map((field) => ({ ...field, step: this.plan(field.value, slots) }));
    return (frame) => {
      if (!type) throw new CelError(`unknown type: ${name}`);
      const values = new Map<string, Value>();
      for (const { name: field, step, optional } of steps) {
        const value = step(frame);
        if (!optional) values.set(field, value);
        else pushOptional(value, (inner) => values.set(field, inner));
      }
      frame.charge(STRUCT_COST);
      return new StructValue(type, values);
    };
  }
}

function pushOptional(value: Value, push: (inner: Value) => unknown): void {
  if (!(value instanceof Optional))
    throw new CelError('cannot initialize optional entry from non-optional value');
  if (value.value !== undefined) push(value.value);
}
