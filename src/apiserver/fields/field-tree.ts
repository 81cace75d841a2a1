import { remembered } from '../../machinery/remembered.ts';

/**
 * FieldTree is a set of field paths in the form of `managedFields[].fieldsV1`: keys are path
 * elements (`f:spec`, `k:{"name":"web"}`, `v:"x"`); an empty node is a member of the set, a node
 * with children is one when it has the key `.`. Trees are never changed, only made anew.
 */
export interface FieldTree {
  readonly [element: string]: FieldTree;
}

/** LEAF is a member without children. */
export const LEAF: FieldTree = Object.freeze({});

/** elementsOf answers the children's path elements. */
export function elementsOf(tree: FieldTree): string[] {
  return Object.keys(tree).filter((element) => element !== '.');
}

/** isMember tells whether the node itself is in the set. */
export function isMember(tree: FieldTree): boolean {
  return '.' in tree || Object.keys(tree).length === 0;
}

/**
 * treeOf makes a node, its children in the order in which upstream writes them; undefined when it is
 * neither a member nor has children.
 */
export function treeOf(
  children: Readonly<Record<string, FieldTree>>,
  member: boolean,
): FieldTree | undefined {
  const elements = Object.keys(children);
  if (elements.length === 0) return member ? LEAF : undefined;
  const isSorted = elements.every((one, at) => at === 0 || order(elements[at - 1] ?? '', one) < 0);
  if (isSorted && !member) return children;
  const made: Record<string, FieldTree> = member ? { '.': LEAF } : {};
  for (const element of isSorted ? elements : elements.sort(order)) {
    made[element] = children[element] ?? LEAF;
  }
  return made;
}

/** KINDS are the kinds of path elements in the order of their sets: fields, keys, values, indexes. */
const KINDS = 'fkvi';

function order(a: string, b: string): number {
  if (a.startsWith('f:') && b.startsWith('f:')) return compareTexts(a, b);
  const kinds = KINDS.indexOf(a.charAt(0)) - KINDS.indexOf(b.charAt(0));
  return kinds || compareParts(partsOf(a), partsOf(b));
}

/** compareTexts orders texts as upstream's sets do. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** MOST_PARTS is how many elements are remembered by their parts. */
const MOST_PARTS = 4096;

/** partsOf answers the value of an element, of a key its fields with their values: the same few come again. */
const partsOf = remembered(MOST_PARTS, (element: string): readonly unknown[] => {
  const value: unknown = JSON.parse(element.slice(2));
  return typeof value === 'object' && value !== null ? Object.entries(value).flat() : [value];
});

function compareParts(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = compareScalars(a[at], b[at]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** compareScalars orders numbers before texts. */
function compareScalars(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return compareTexts(String(a), String(b));
  return typeof a === 'number' ? -1 : 1;
}

/** union answers what is in either set. */
export function union(a: FieldTree | undefined, b: FieldTree | undefined): FieldTree | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const children: Record<string, FieldTree> = {};
  for (const element of elementsOf(a)) children[element] = a[element] ?? LEAF;
  for (const element of elementsOf(b)) {
    children[element] = union(children[element], b[element]) ?? LEAF;
  }
  return treeOf(children, isMember(a) || isMember(b));
}

/** difference answers what is in `a` but not in `b`. */
export function difference(
  a: FieldTree | undefined,
  b: FieldTree | undefined,
): FieldTree | undefined {
  if (a === undefined || b === undefined) return a;
  const children: Record<string, FieldTree> = {};
  for (const element of elementsOf(a)) {
    const rest = difference(a[element], b[element]);
    if (rest) children[element] = rest;
  }
  return treeOf(children, isMember(a) && !isMember(b));
}

/** withoutBranch takes a node out of a set with all that is below it; `path` leads there. */
export function withoutBranch(
  tree: FieldTree | undefined,
  path: readonly string[],
): FieldTree | undefined {
  const [element, ...below] = path;
  if (tree === undefined || element === undefined) return undefined;
  if (tree[element] === undefined) return tree;
  const { [element]: child, ...others } = tree;
  const rest = withoutBranch(child, below);
  const { '.': own, ...children } = others;
  return treeOf(rest ? { ...children, [element]: rest } : children, own !== undefined);
}

/** intersection answers what is in both sets. */
export function intersection(
  a: FieldTree | undefined,
  b: FieldTree | undefined,
): FieldTree | undefined {
  if (a === undefined || b === undefined) return undefined;
  const children: Record<string, FieldTree> = {};
  for (const element of elementsOf(a)) {
    const both = intersection(a[element], b[element]);
    if (both) children[element] = both;
  }
  return treeOf(children, isMember(a) && isMember(b));
}

/** elementText is how a path shows one of its elements: `.spec`, `[name="web"]`. */
export function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

/**
 * pathsOf prints the members of a set: `.spec.containers[name="web"].image`. Those of one level come
 * before what is below them.
 */
export function pathsOf(tree: FieldTree | undefined, prefix = ''): string[] {
  if (tree === undefined) return [];
  const parts = elementsOf(tree).map((element) => ({
    part: tree[element],
    path: prefix + elementText(element),
  }));
  const own = parts.filter(({ part }) => part && isMember(part)).map(({ path }) => path);
  return [...own, ...parts.flatMap(({ part, path }) => pathsOf(part, path))];
}
