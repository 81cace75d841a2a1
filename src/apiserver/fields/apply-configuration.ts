import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { isNamed, itemElement, type Shape } from './field-shape.ts';
import { elementsOf, type FieldTree, isMember } from './field-tree.ts';

/** mergeConfiguration lays a configuration over the live object; neither is changed. */
export function mergeConfiguration(shape: Shape, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  if (live === undefined || live === null || shape.kind === 'leaf') return config;
  // What has parts loses none of them to a null.
  if (config === null) return isEmpty(live) ? null : live;
  if (shape.kind === 'set') return mergeSet(live, config);
  if (shape.kind === 'items') return mergeItems(shape, live, config);
  if (!isJsonObject(live) || !isJsonObject(config)) return config;
  const merged: JsonObject = { ...live };
  for (const [name, value] of Object.entries(config)) {
    merged[name] = mergeConfiguration(shape.child(name), live[name], value);
  }
  return merged;
}

function mergeSet(live: unknown, config: unknown): unknown {
  if (!Array.isArray(live) || !Array.isArray(config)) return config;
  const known = new Set(live.map((one) => JSON.stringify(one)));
  return [...live, ...config.filter((one) => !known.has(JSON.stringify(one)))];
}

function mergeItems(shape: Shape & { kind: 'items' }, live: unknown, config: unknown): unknown {
  if (!Array.isArray(live) || !Array.isArray(config)) return config;
  const wanted = new Map(config.map((item: unknown) => [itemElement(item, shape), item]));
  const merged = live.map((item: unknown) => {
    const element = itemElement(item, shape);
    const applied = wanted.get(element);
    wanted.delete(element);
    return mergeConfiguration(shape.item, item, applied);
  });
  return [...merged, ...wanted.values()];
}

/**
 * pruneFields takes out what `last` names and `keep` does not, and answers the rest; undefined
 * when nothing remains. An item of a list that `last` has as a member, and a field of a struct that
 * `last` has parts of, go as a whole with what nobody owns in them, unless somebody keeps a part.
 */
export function pruneFields(
  shape: Shape,
  value: unknown,
  sets: { readonly last: FieldTree; readonly keep: FieldTree | undefined },
): unknown {
  if (shape.kind === 'set' && Array.isArray(value)) {
    return value.filter((one) => {
      const element = `v:${JSON.stringify(one)}`;
      return !(element in sets.last) || (sets.keep !== undefined && element in sets.keep);
    });
  }
  if (shape.kind === 'items' && Array.isArray(value)) {
    const items = value.map((item: unknown) => {
      const element = itemElement(item, shape);
      return pruneChild(shape.item, item, { ...sets, element, isNamed: false });
    });
    return items.filter((item) => item !== undefined);
  }
  if ((shape.kind !== 'struct' && shape.kind !== 'map') || !isJsonObject(value)) return value;
  const pruned: JsonObject = {};
  for (const [name, one] of Object.entries(value)) {
    const element = `f:${name}`;
    const part = { ...sets, element, isNamed: isNamed(shape, element) };
    const goes = part.isNamed && !sets.keep?.[element] && isBranch(sets.last[element]);
    const rest = goes ? undefined : pruneChild(shape.child(name), one, part);
    if (rest !== undefined) pruned[name] = rest;
  }
  return pruned;
}

function isBranch(tree: FieldTree | undefined): boolean {
  return tree !== undefined && elementsOf(tree).length > 0;
}

/** Part is a field or an item, with the sets of what it is in. */
interface Part {
  readonly last: FieldTree;
  readonly keep: FieldTree | undefined;
  readonly element: string;
  readonly isNamed: boolean;
}

/** isKept: who owns but a part of an item, or of what a map has, does not keep it. */
function isKept({ keep, element, isNamed: named }: Part): boolean {
  const tree = keep?.[element];
  return tree !== undefined && (named || isMember(tree));
}

function pruneChild(shape: Shape, value: unknown, part: Part): unknown {
  const last = part.last[part.element];
  if (last === undefined) return value;
  if (isMember(last) && !isKept(part)) return undefined;
  if (elementsOf(last).length === 0) return value;
  const keep = part.keep?.[part.element];
  const rest = pruneFields(shape, value, { last, keep });
  return keep === undefined && isEmpty(rest) ? undefined : rest;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
