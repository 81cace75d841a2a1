import { schemaOf, validateSchema } from '../../apis/schema/index.ts';
import { duplicateItemText, itemElement, type Shape } from '../../apiserver/fields/field-shape.ts';
import { elementText } from '../../apiserver/fields/field-tree.ts';
import { listText, mapText, scalarText } from '../../apiserver/fields/typed-problem.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import {
  additionalSchema,
  allowsAdditional,
  type JsonSchema,
  propertyOf,
  typesOf,
} from '../schema/json-schema.ts';
import { shapeOfObject, shapeOfSchema } from '../schema/shape.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * undeclaredField answers why server-side apply cannot take a configuration: a field that is not
 * declared, or a value of another type (structured-merge-diff's typed conversion).
 */
export function undeclaredField(schema: JsonSchema, config: JsonObject): string | undefined {
  return inObject(schema, config, '', true) ?? duplicateItemText(shapeOfObject(schema), config);
}

function inValue(schema: JsonSchema, value: unknown, path: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  const wrong = typeProblem(schema, value);
  if (wrong !== undefined) return `${path}: ${wrong}`;
  if (Array.isArray(value)) return inList(schema, value, path);
  // What it is instead of a number or a string is found by the validation.
  if (!isJsonObject(value) || schema['x-kubernetes-int-or-string']) return undefined;
  return inObject(schema, value, path, schema['x-kubernetes-embedded-resource'] === true);
}

function inList(schema: JsonSchema, list: readonly unknown[], path: string): string | undefined {
  const { items } = schema;
  if (!items) return undefined;
  const shape = shapeOfSchema(schema);
  return first(list.entries(), ([index, item]) => {
    const odd = itemProblem(shape, item);
    if (odd !== undefined) return `${path}: element ${index}: ${odd}`;
    return inValue(items, item, path + itemPath(shape, index, item));
  });
}

/** The items of lists with keys are objects, those of sets are none. */
function itemProblem({ kind }: Shape, item: unknown): string | undefined {
  if (kind === 'items' && !isJsonObject(item)) {
    return 'associative list with keys may not have non-map elements';
  }
  if (kind !== 'set' || typeof item !== 'object' || item === null) return undefined;
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
  return "associative list without keys has an element that's a map type";
}

function itemPath(shape: Shape, index: number, item: unknown): string {
  if (shape.kind === 'set') return elementText(`v:${JSON.stringify(item)}`);
  return shape.kind === 'items' ? elementText(itemElement(item, shape)) : `[${index}]`;
}

function inObject(
  schema: JsonSchema,
  object: JsonObject,
  path: string,
  isWhole: boolean,
): string | undefined {
  const additional = additionalSchema(schema);
  const isOpen = allowsAdditional(schema) || schema['x-kubernetes-preserve-unknown-fields'];
  return first(Object.entries(object).sort(byName), ([name, value]) => {
    const place = `${path}.${name}`;
    if (isWhole && name === 'metadata') return metaProblem(value, place.slice(1));
    if (isWhole && (name === 'apiVersion' || name === 'kind')) return undefined;
    const property = propertyOf(schema, name) ?? additional;
    if (property) return inValue(property, value, place);
    return isOpen ? undefined : `${place}: field not declared in schema`;
  });
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

function metaProblem(metadata: unknown, path: string): string | undefined {
  const { errors, unknownFields } = validateSchema(schemaOf(OBJECT_META), metadata, path);
  const [unknown] = unknownFields;
  if (unknown !== undefined) return `.${unknown}: field not declared in schema`;
  const [error] = errors;
  return error && `.${error.field}: ${error.body}`;
}

function typeProblem(schema: JsonSchema, value: unknown): string | undefined {
  const [expected, ...others] = typesOf(schema);
  if (expected === undefined || others.length > 0) return undefined;
  if (expected === 'array') return listText(value);
  return expected === 'object' ? mapText(value) : scalarText(expected, value);
}

function first<T>(all: Iterable<T>, find: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
