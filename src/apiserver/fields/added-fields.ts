import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  childrenOf,
  fieldElement,
  type ItemsShape,
  itemElement,
  type ListShape,
  type ObjectShape,
  type Shape,
} from './field-shape.ts';
import { compareTexts, type FieldTree, LEAF, treeOf } from './field-tree.ts';

/** addedFields is all that somebody owns who adds a value: it and its parts. */
export function addedFields(shape: Shape, value: unknown): FieldTree {
  if (shape.kind === 'leaf') return LEAF;
  if (shape.kind === 'struct' || shape.kind === 'map') return addedObject(shape, value);
  return addedList(shape, value);
}

function addedObject(shape: ObjectShape, value: unknown): FieldTree {
  if (!isJsonObject(value)) return LEAF;
  const always = shape.kind === 'struct' ? shape.always : undefined;
  const names = Object.keys(value);
  if (always) for (const name of always.keys()) if (!Object.hasOwn(value, name)) names.push(name);
  const made: Record<string, FieldTree> = { '.': LEAF };
  let isEmpty = true;
  for (const name of names.sort()) {
    const part = value[name] ?? (always?.has(name) ? always.get(name) : value[name]);
    if (part === undefined) continue;
    made[fieldElement(name)] = addedFields(shape.child(name), part);
    isEmpty = false;
  }
  return isEmpty ? LEAF : made;
}

function addedList(shape: ListShape, value: unknown): FieldTree {
  const named = shape.kind === 'items' ? itemsByName(shape, value) : undefined;
  if (shape.kind === 'items' && named) return addedItems(shape, named);
  const children: Record<string, FieldTree> = {};
  const parts = childrenOf(shape, value) ?? [];
  for (const [element, part] of parts) children[element] = addedFields(part.shape, part.value);
  return treeOf(children, true) ?? LEAF;
}

/** itemsByName answers the items of a list in order, if one text is the key of each, as of most lists. */
function itemsByName({ keys }: ItemsShape, value: unknown): readonly JsonObject[] | undefined {
  const [key] = keys;
  if (key === undefined || keys.length > 1 || !Array.isArray(value)) return undefined;
  const items: JsonObject[] = [];
  for (const item of value) {
    if (!isJsonObject(item) || typeof item[key] !== 'string') return undefined;
    items.push(item);
  }
  return items.sort((a, b) => compareTexts(a[key] as string, b[key] as string));
}

function addedItems(shape: ItemsShape, items: readonly JsonObject[]): FieldTree {
  if (items.length === 0) return LEAF;
  const made: Record<string, FieldTree> = { '.': LEAF };
  for (const item of items) {
    const element = itemElement(item, shape);
    // Those that have one key are owned as one.
    made[element] = element in made ? LEAF : addedFields(shape.item, item);
  }
  return made;
}
