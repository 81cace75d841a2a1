import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { addedFields } from './added-fields.ts';
import {
  childrenOf,
  fieldElement,
  isNamed,
  type ListShape,
  type ObjectShape,
  type Shape,
} from './field-shape.ts';
import { type FieldTree, LEAF, treeOf } from './field-tree.ts';

/** fieldsOf answers the fields that a configuration names (structured-merge-diff ToFieldSet). */
export function fieldsOf(shape: Shape, value: unknown): FieldTree | undefined {
  const parts = childrenOf(shape, value);
  if (parts === undefined) return LEAF;
  if (parts.size === 0) return Array.isArray(value) ? undefined : LEAF;
  const children: Record<string, FieldTree> = {};
  for (const [element, part] of parts) {
    const fields = fieldsOf(part.shape, part.value);
    const isWhole = !isNamed(shape, element) && fields !== LEAF;
    const tree = isWhole ? { '.': LEAF, ...fields } : fields;
    if (tree) children[element] = tree;
  }
  return treeOf(children, false);
}

/** Changes are the fields in which two states of an object differ. */
export interface Changes {
  /** Added or given another value. */
  readonly changed: FieldTree | undefined;
  readonly removed: FieldTree | undefined;
}

const NONE: Changes = { changed: undefined, removed: undefined };
const NO_ITEMS: NonNullable<ReturnType<typeof childrenOf>> = new Map();

/**
 * compareFields answers the fields in which two states differ; undefined: there was nothing. As in
 * Go, a struct always has some of its fields: they are nobody's as long as they are empty, unless
 * somebody adds the struct. Who adds something owns it beside its parts.
 */
export function compareFields(shape: Shape, before: unknown, after: unknown): Changes {
  if (before === after) return NONE;
  if (before === undefined) return { changed: addedFields(shape, after), removed: undefined };
  if (shape.kind === 'leaf') return compareWhole(before, after);
  if (shape.kind === 'set' || shape.kind === 'items') return compareLists(shape, before, after);
  return compareObjects(shape, before, after);
}

function compareObjects(shape: ObjectShape, before: unknown, after: unknown): Changes {
  const isParted = isJsonObject(before) || before === null;
  const isScalar = after !== undefined && after !== null && !isJsonObject(after);
  if (!isParted || isScalar) return compareReplaced(shape, before, after);
  const [old, now] = [before, after as JsonObject | null | undefined];
  const changed: Record<string, FieldTree> = {};
  const removed: Record<string, FieldTree> = {};
  let hasParts = false;
  for (const name of namesInBoth(shape, old, now)) {
    const was = partOf(shape, old, name);
    const is = partOf(shape, now, name);
    if (was === undefined && is === undefined) continue;
    hasParts = true;
    const below = compareFields(shape.child(name), was, is);
    if (below.changed) changed[fieldElement(name)] = below.changed;
    if (below.removed) removed[fieldElement(name)] = below.removed;
  }
  if (!hasParts) return compareReplaced(shape, before, after);
  return { changed: treeOf(changed, false), removed: treeOf(removed, after === undefined) };
}

/** partOf answers a field as Go has it: one that is always there is, where nobody set it, empty. */
function partOf(shape: ObjectShape, object: JsonObject | null | undefined, name: string): unknown {
  if (!object) return undefined;
  const part = Object.hasOwn(object, name) ? object[name] : undefined;
  if ((part !== undefined && part !== null) || shape.kind === 'map') return part;
  const zero = shape.always?.get(name);
  return zero === undefined ? part : zero;
}

/** namesInBoth answers the names that either of two objects has, or always has, each once. */
function namesInBoth(
  shape: ObjectShape,
  old: JsonObject | null,
  now: JsonObject | null | undefined,
): readonly string[] {
  const names = old ? Object.keys(old) : [];
  if (now) for (const name of Object.keys(now)) if (!has(old, name)) names.push(name);
  if (shape.kind === 'struct' && shape.always) {
    for (const name of shape.always.keys()) {
      if (!has(old, name) && !has(now, name)) names.push(name);
    }
  }
  return names;
}

function has(object: JsonObject | null | undefined, name: string): boolean {
  return !!object && Object.hasOwn(object, name);
}

function compareLists(shape: ListShape, before: unknown, after: unknown): Changes {
  const old = before === null ? NO_ITEMS : childrenOf(shape, before);
  const now = after === null ? NO_ITEMS : childrenOf(shape, after);
  const isScalar = after !== undefined && !now;
  if (isScalar || !old || !(old.size || now?.size)) return compareReplaced(shape, before, after);
  const changed: Record<string, FieldTree> = {};
  const removed: Record<string, FieldTree> = {};
  for (const element of elementsIn(old, now)) {
    const one = now?.get(element) ?? old.get(element);
    if (!one) continue;
    const below = compareFields(one.shape, old.get(element)?.value, now?.get(element)?.value);
    if (below.changed) changed[element] = below.changed;
    if (below.removed) removed[element] = below.removed;
  }
  return { changed: treeOf(changed, false), removed: treeOf(removed, after === undefined) };
}

/** elementsIn answers each key of two maps once; where there is only one, its own. */
function elementsIn(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown> | undefined,
): Iterable<string> {
  if (!now) return old.keys();
  return new Set([...old.keys(), ...now.keys()]);
}

/** compareReplaced compares values of which one has no parts: what took its place has parts of its own. */
function compareReplaced(shape: Shape, before: unknown, after: unknown): Changes {
  const whole = compareWhole(before, after);
  if (after === undefined || !whole.changed) return whole;
  const { '.': _itself, ...parts } = addedFields(shape, before);
  return { changed: addedFields(shape, after), removed: treeOf(parts, false) };
}

function compareWhole(before: unknown, after: unknown): Changes {
  if (deepEqual(before, after)) return NONE;
  if (after === undefined) return { changed: undefined, removed: LEAF };
  return { changed: LEAF, removed: undefined };
}
