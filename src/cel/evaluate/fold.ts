import { ACCUMULATOR, type FoldNode } from '../syntax/expression.ts';
import { EntryMap } from '../values/collections.ts';
import { CelError } from '../values/errors.ts';
import { CelList, CelMap, GrowingList, type Value } from '../values/value.ts';
import { Failure, type Frame, type NodePlanner, type Slots, type Step } from './frame.ts';

type Entry = readonly [Value, Value];

interface FoldSteps {
  readonly condition: Step;
  readonly step: Step;
  readonly result: Step;
  readonly accumulator: number;
  readonly variables: readonly [number, number | undefined];
}

function* elementsOf(range: Value): Generator<Entry> {
  if (range instanceof CelList) {
    for (const [index, item] of range.toArray().entries()) yield [BigInt(index), item];
  } else if (range instanceof CelMap) {
    for (const key of range.keys()) yield [key, range.find(key) ?? null];
  } else throw new CelError(`got '${typeof range}', expected iterable type`);
}

/** What a fold begins with: macros that collect begin with something that can grow. */
function initialOf(planner: NodePlanner, node: FoldNode, slots: Slots): Step {
  const own = node.accumulator === ACCUMULATOR;
  const { initial } = node;
  if (own && initial.kind === 'list') return () => new GrowingList();
  if (own && initial.kind === 'map') return () => new EntryMap([]);
  return planner.plan(initial, slots);
}

function attempt(step: Step, frame: Frame): Value | Failure {
  try {
    return step(frame);
  } catch (error) {
    if (error instanceof CelError) return new Failure(error);
    throw error;
  }
}

function run(steps: FoldSteps, frame: Frame, range: Value): void {
  const { condition, step, accumulator, variables } = steps;
  const [first, second] = variables;
  const single = second === undefined && range instanceof CelList;
  for (const [key, value] of elementsOf(range)) {
    frame.locals[first] = single ? value : key;
    if (second !== undefined) frame.locals[second] = value;
    if (condition(frame) === false) return;
    frame.locals[accumulator] = attempt(step, frame);
  }
}

/** planFold plans what a macro became. A step that fails is an error only if the result needs it. */
export function planFold(planner: NodePlanner, node: FoldNode, slots: Slots): Step {
  const range = planner.plan(node.range, slots);
  const initial = initialOf(planner, node, slots);
  const accumulator = planner.newSlot();
  const outer: Slots = new Map([...slots, [node.accumulator, accumulator]]);
  const first = planner.newSlot();
  const second = node.second === undefined ? undefined : planner.newSlot();
  const inner = new Map([...outer, [node.variable, first]]);
  if (node.second !== undefined && second !== undefined) inner.set(node.second, second);
  const steps: FoldSteps = {
    condition: planner.plan(node.condition, inner),
    step: planner.plan(node.step, inner),
    result: planner.plan(node.result, outer),
    accumulator,
    variables: [first, second],
  };
  return (frame) => {
    const over = range(frame);
    frame.locals[accumulator] = attempt(initial, frame);
    run(steps, frame, over);
    return steps.result(frame);
  };
}
