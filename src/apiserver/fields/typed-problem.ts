import type { FieldSchema, Schema } from '../../apis/schema/index.ts';
import { goText, isJsonObject } from '../../machinery/json-value.ts';
import { itemElement, shapeOf } from './field-shape.ts';
import { elementText } from './field-tree.ts';

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

function itemPath(items: Schema, field: FieldSchema | undefined, [index, item]: [number, unknown]) {
  if (field?.listType === 'set') return elementText(`v:${JSON.stringify(item)}`);
  if (field?.listType !== 'map' || field.mapKeys.length === 0) return `[${index}]`;
  const shape = { kind: 'items', keys: field.mapKeys, item: shapeOf(items) } as const;
  return elementText(itemElement(item, shape));
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
      for (const item of value.entries()) {
        const place = { path: path + itemPath(schema.items, field, item), field: undefined };
        walk(schema.items, item[1], place, found);
      }
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
 * typedProblem words why server-side apply cannot say which fields a configuration has, as
 * structured-merge-diff does: fields that are not declared, values of another type. Undefined: it can.
 */
export function typedProblem(schema: Schema, config: unknown): string | undefined {
  const found: string[] = [];
  walk(schema, config, { path: '', field: undefined }, found);
  return found.length > 1 ? ['errors:', ...found].join('\n  ') : found[0];
}
