import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { childrenOf, fieldElement, isNamed, type Shape, stateOf } from './field-shape.ts';
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

/**
 * compareFields answers the fields in which two states differ; undefined: there was nothing. As in
 * Go, a struct always has some of its fields: they are nobody's as long as they are empty, unless
 * somebody adds the struct. Who adds something owns it beside its parts.
 */
export function compareFields(shape: Shape, before: unknown, after: unknown): Changes {
  if (before === after) return NONE;
  if (before === undefined) return { changed: addedFields(shape, after), removed: undefined };
  const old = stateOf(shape, before);
  const now = after === undefined ? undefined : stateOf(shape, after);
  const isWhole = (after !== undefined && !now) || !old;
  if (isWhole || !(old.size || now?.size)) {
    const whole = compareWhole(before, after);
    if (after === undefined || !whole.changed) return whole;
    // What a scalar or a list took the place of, or was replaced by, has parts of its own.
    return {
      changed: now ? addedFields(shape, after) : LEAF,
      removed: old?.size ? partsIn(old) : undefined,
    };
  }
  const changed: Record<string, FieldTree> = {};
  const removed: Record<string, FieldTree> = {};
  for (const element of elementsIn(old, now)) {
    const one = now?.get(element) ?? old.get(element);
    if (!one) continue;
    const below = compareFields(one.shape, old.get(element)?.value, now?.get(element)?.value);
    if (below.changed) changed[element] = below.changed;
    if (below.removed) removed[element] = below.removed;
  }
  return {
    changed: treeOf(changed, false),
    removed: treeOf(removed, after === undefined),
  };
}

/** addedFields is all that somebody owns who adds a value: it and its parts. */
function addedFields(shape: Shape, value: unknown): FieldTree {
  const children: Record<string, FieldTree> = {};
  if (shape.kind === 'struct' || shape.kind === 'map') {
    if (!isJsonObject(value)) return LEAF;
    const always = shape.kind === 'struct' ? shape.always : undefined;
    for (const name of namesIn(value, always)) {
      const part = value[name] ?? (always?.has(name) ? always.get(name) : value[name]);
      if (part !== undefined) children[fieldElement(name)] = addedFields(shape.child(name), part);
    }
  } else {
    const parts = childrenOf(shape, value) ?? [];
    for (const [element, part] of parts) children[element] = addedFields(part.shape, part.value);
  }
  return treeOf(children, true) ?? LEAF;
}

/** partsIn is all that somebody may own of parts. */
function partsIn(parts: NonNullable<ReturnType<typeof childrenOf>>): FieldTree | undefined {
  const fields = [...parts].map(([element, { shape, value }]) => [
    element,
    addedFields(shape, value),
  ]);
  return treeOf(Object.fromEntries(fields), false);
}

/** namesIn answers the fields of an object, and those that are always there, in order. */
function namesIn(value: JsonObject, always?: ReadonlyMap<string, unknown>): string[] {
  const names = Object.keys(value);
  if (always) for (const name of always.keys()) if (!(name in value)) names.push(name);
  return names.sort();
}

/** elementsIn answers each key of two maps once; where there is only one, its own. */
function elementsIn(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown> | undefined,
): Iterable<string> {
  if (!now) return old.keys();
  return new Set([...old.keys(), ...now.keys()]);
}

function compareWhole(before: unknown, after: unknown): Changes {
  if (deepEqual(before, after)) return NONE;
  if (after === undefined) return { changed: undefined, removed: LEAF };
  return { changed: LEAF, removed: undefined };
}
