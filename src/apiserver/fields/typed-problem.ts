import type { FieldSchema, Schema } from '../../apis/schema/index.ts';
import { goText, isJsonObject } from '../../machinery/json-value.ts';
import { itemElement, type Shape, shapeOf } from './field-shape.ts';
import { elementText } from './field-tree.ts';

/** ListShape is how the items of a list are told apart. */
export type ListShape = Extract<Shape, { readonly kind: 'items' | 'set' }>;

/** What a list item or member is, and how the field that holds it tells items apart. */
interface Place {
  readonly path: string;
  readonly field: FieldSchema | undefined;
}

/** goSyntax writes a value as Go's `%#v` does. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : JSON.stringify(value);
  const members = Object.keys(value).sort();
  const texts = members.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`);
  return `map[string]interface {}{${texts.join(', ')}}`;
}

function goTypeOfValue(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const shown = (value: unknown) => `&{${goText(value)}}`;

/** listText says that a value is no list, where it is none, as structured-merge-diff does. */
export function listText(value: unknown): string | undefined {
  return Array.isArray(value) ? undefined : `expected list, got ${shown(value)}`;
}

/** mapText says that a value is no object, where it is none. */
export function mapText(value: unknown): string | undefined {
  return isJsonObject(value) ? undefined : `expected map, got ${shown(value)}`;
}

/** scalarText says that a value is no scalar of a type, where it is none. */
export function scalarText(type: string, value: unknown): string | undefined {
  switch (type) {
    case 'integer':
    case 'number':
      if (typeof value === 'number') return undefined;
      return `expected numeric (int or float), got ${goTypeOfValue(value)}`;
    case 'string':
    case 'byte':
      if (typeof value === 'string') return undefined;
      return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${shown(value)}`;
    case 'any':
      return undefined;
    default:
      return typeof value === 'object' ? `expected any scalar, got ${shown(value)}` : undefined;
  }
}

/** shapeOfList tells how the items of a list are told apart, by the field that holds it. */
function shapeOfList(items: Schema, field: FieldSchema | undefined): ListShape | undefined {
  if (field?.listType === 'set') return { kind: 'set' };
  if (field?.listType !== 'map' || field.mapKeys.length === 0) return undefined;
  return { kind: 'items', keys: field.mapKeys, item: shapeOf(items) };
}

/** The items of lists with keys are objects, those of sets are none. */
function itemProblem({ kind }: ListShape, item: unknown): string | undefined {
  if (kind === 'items') {
    if (isJsonObject(item)) return undefined;
    return 'associative list with keys may not have non-map elements';
  }
  if (typeof item !== 'object' || item === null) return undefined;
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
  return "associative list without keys has an element that's a map type";
}

/**
 * walkItems visits the items of a list with their paths. Items that cannot have a name, and those
 * that have that of another, are noted as structured-merge-diff does, which looks at nothing behind
 * the former. Without a shape, items are told apart by their place.
 */
export function walkItems(
  list: readonly unknown[],
  { path, shape, found }: { path: string; shape: ListShape | undefined; found: string[] },
  visit: (item: unknown, path: string) => void,
): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const problem = shape && itemProblem(shape, item);
    if (problem !== undefined) {
      found.push(`${path}: element ${index}: ${problem}`);
      return;
    }
    const text = shape ? elementText(elementOf(shape, item)) : `[${index}]`;
    if (seen.has(text)) found.push(`${path}: duplicate entries for key ${text}`);
    seen.add(text);
    visit(item, path + text);
  }
}

function elementOf(shape: ListShape, item: unknown): string {
  return shape.kind === 'items' ? itemElement(item, shape) : `v:${JSON.stringify(item)}`;
}

function walk(schema: Schema, value: unknown, { path, field }: Place, found: string[]): void {
  if (value === null || value === undefined) return;
  const refuse = (text: string) => found.push(`${path}: ${text}`);
  if (schema.kind === 'scalar') {
    const text = scalarText(schema.type, value);
    if (text !== undefined) refuse(text);
  } else if (schema.kind === 'array') {
    const text = listText(value);
    if (text !== undefined || !Array.isArray(value)) refuse(text ?? '');
    else
      walkItems(value, { path, shape: shapeOfList(schema.items, field), found }, (item, below) =>
        walk(schema.items, item, { path: below, field: undefined }, found),
      );
  } else if (schema.kind === 'object' && schema.free) {
    return;
  } else if (!isJsonObject(value)) {
    refuse(mapText(value) ?? '');
  } else if (schema.kind === 'map' || schema.fields.size > 0) {
    // A struct without fields may have any here: decoding drops them.
    for (const [name, item] of Object.entries(value)) {
      const known = schema.kind === 'object' ? schema.fields.get(name) : undefined;
      const below = schema.kind === 'object' ? known?.schema : schema.values;
      const place = { path: `${path}.${name}`, field: known };
      if (below === undefined) found.push(`${place.path}: field not declared in schema`);
      else walk(below, item, place, found);
    }
  }
}

/**
 * typedProblems words why server-side apply cannot say which fields a value at a path has, as
 * structured-merge-diff does: fields that are not declared, values of another type, items of lists
 * with one name. Empty: it can.
 */
export function typedProblems(schema: Schema, value: unknown, path = ''): string[] {
  const found: string[] = [];
  walk(schema, value, { path, field: undefined }, found);
  return found;
}

/** problemsText words what was found as one text; undefined: nothing was. */
export function problemsText(found: readonly string[]): string | undefined {
  return found.length > 1 ? ['errors:', ...found].join('\n  ') : found[0];
}
