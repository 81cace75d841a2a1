import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import { childrenOf, type Shape } from './field-shape.ts';
import { type FieldTree, LEAF, treeOf } from './field-tree.ts';

/** fieldsOf answers the fields that a configuration names (structured-merge-diff ToFieldSet). */
export function fieldsOf(shape: Shape, value: unknown): FieldTree | undefined {
  const parts = childrenOf(shape, value);
  if (parts === undefined || parts.size === 0) return LEAF;
  const children: Record<string, FieldTree> = {};
  for (const [element, part] of parts) {
    const fields = fieldsOf(part.shape, part.value) ?? LEAF;
    children[element] =
      element.startsWith('k:') && fields !== LEAF ? { '.': LEAF, ...fields } : fields;
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

/** compareFields answers the fields in which two states differ; undefined: there was nothing. */
export function compareFields(shape: Shape, before: unknown, after: unknown): Changes {
  if (before === after) return NONE;
  if (before === null && shape.kind !== 'leaf') return compareFields(shape, undefined, after);
  const old = before === undefined ? undefined : childrenOf(shape, before);
  const now = after === undefined ? undefined : childrenOf(shape, after);
  const isWhole = (after !== undefined && !now) || (before !== undefined && !old);
  if (isWhole || (!old && !now)) return compareWhole(before, after);
  const changed: Record<string, FieldTree> = {};
  const removed: Record<string, FieldTree> = {};
  for (const element of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const one = now?.get(element) ?? old?.get(element);
    if (!one || (!old?.has(element) && isDefaultMetadata(element, one.value))) continue;
    const below = compareFields(one.shape, old?.get(element)?.value, now?.get(element)?.value);
    if (below.changed) changed[element] = withItem(element, below.changed, !old?.has(element));
    if (below.removed) removed[element] = withItem(element, below.removed, !now?.has(element));
  }
  const isOwned = shape.kind === 'map' || ('owned' in shape && shape.owned === true);
  const isMap = isOwned || now?.size === 0;
  const isGoneMap = isOwned || old?.size === 0;
  return {
    changed: treeOf(changed, before === undefined && isMap),
    removed: treeOf(removed, after === undefined && isGoneMap),
  };
}

/** Defaults give templates an empty metadata, which is nobody's: its owner would take labels away. */
function isDefaultMetadata(element: string, value: unknown): boolean {
  return element === 'f:metadata' && isJsonObject(value) && Object.keys(value).length === 0;
}

function withItem(element: string, tree: FieldTree, whole: boolean): FieldTree {
  if (!whole || !element.startsWith('k:') || tree === LEAF) return tree;
  return { '.': LEAF, ...tree };
}

function compareWhole(before: unknown, after: unknown): Changes {
  if (deepEqual(before, after)) return NONE;
  if (after === undefined) return { changed: undefined, removed: LEAF };
  return { changed: LEAF, removed: undefined };
}
