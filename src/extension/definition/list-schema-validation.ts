import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, keyPath } from '../../machinery/field-path.ts';
import { type JsonSchema, mapKeysOf } from '../schema/json-schema.ts';

const LIST_TYPES = ['atomic', 'set', 'map'];
const KEYS = 'x-kubernetes-list-map-keys';
const LIST_TYPE = 'x-kubernetes-list-type';
const MAP_TYPE = 'x-kubernetes-map-type';

function wrongType(schema: JsonSchema, path: string, text: string): FieldError {
  const place = childPath(path, 'type');
  return schema.type ? invalid(place, schema.type, text) : required(place, text);
}

/** mapTypeErrors checks `x-kubernetes-map-type`. */
export function mapTypeErrors(schema: JsonSchema, path: string): FieldError[] {
  const mapType = schema[MAP_TYPE];
  if (mapType === undefined) return [];
  const errors: FieldError[] = [];
  if (schema.type !== 'object') {
    errors.push(wrongType(schema, path, `must be object if ${MAP_TYPE} is specified`));
  }
  if (mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(notSupported(childPath(path, MAP_TYPE), mapType, ['atomic', 'granular']));
  }
  return errors;
}

/** listSchemaErrors checks `x-kubernetes-list-type` and the keys of lists. */
export function listSchemaErrors(schema: JsonSchema, path: string): FieldError[] {
  const listType = schema[LIST_TYPE];
  const errors: FieldError[] = [];
  if (listType !== undefined && schema.type !== 'array') {
    errors.push(wrongType(schema, path, `must be array if ${LIST_TYPE} is specified`));
  } else if (listType === 'set' && schema.items) {
    errors.push(...setItemErrors(schema.items, childPath(path, 'items')));
  }
  if (listType !== undefined && !LIST_TYPES.includes(listType)) {
    errors.push(notSupportedInOrder(childPath(path, LIST_TYPE), listType, LIST_TYPES));
  }
  if (mapKeysOf(schema).length > 0 && listType !== 'map') {
    const text = `must be map if ${KEYS} is non-empty`;
    const place = childPath(path, LIST_TYPE);
    errors.push(listType === undefined ? required(place, text) : invalid(place, listType, text));
  }
  if (listType === 'map') errors.push(...mapListErrors(schema, path));
  if (listType === 'map' || listType === 'set') errors.push(...itemErrors(schema, path));
  return errors;
}

function notSupportedInOrder(path: string, value: string, allowed: readonly string[]): FieldError {
  const list = allowed.map((one) => JSON.stringify(one)).join(', ');
  const body = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { type: 'FieldValueNotSupported', field: path, body };
}

function setItemErrors(items: JsonSchema, path: string): FieldError[] {
  const text = `must be atomic as item of a list with ${LIST_TYPE}=set`;
  const listType = items[LIST_TYPE];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(childPath(path, LIST_TYPE), listType, text)];
  }
  if (items.type === 'object' && items[MAP_TYPE] !== 'atomic') {
    return [invalid(childPath(path, MAP_TYPE), listType ?? null, text)];
  }
  return [];
}

function mapListErrors(schema: JsonSchema, path: string): FieldError[] {
  const keys = mapKeysOf(schema);
  const place = childPath(path, KEYS);
  const { items } = schema;
  const errors: FieldError[] = [];
  if (keys.length === 0) {
    errors.push(required(place, `must not be empty if ${LIST_TYPE} is map`));
  }
  const itemsPath = childPath(path, 'items');
  if (!items) {
    errors.push(required(itemsPath, `must have a schema if ${LIST_TYPE} is map`));
    return errors;
  }
  if (items.type !== 'object') {
    const text = `must be object if parent array's ${LIST_TYPE} is map`;
    return [...errors, invalid(childPath(itemsPath, 'type'), items.type ?? '', text)];
  }
  for (const [index, key] of keys.entries()) {
    const property = items.properties?.[key];
    if (property?.type === 'array' || property?.type === 'object') {
      const text = `must be a scalar type if parent array's ${LIST_TYPE} is map`;
      const at = childPath(keyPath(childPath(itemsPath, 'properties'), key), 'type');
      errors.push(invalid(at, items.type, text));
    }
    if (!property)
      errors.push(invalid(place, keys, 'entries must all be names of item properties'));
    if (keys.indexOf(key) < index) {
      errors.push(invalid(place, keys, 'must not contain duplicate entries'));
    }
  }
  return errors;
}

function itemErrors(schema: JsonSchema, path: string): FieldError[] {
  const { items } = schema;
  const listType = schema[LIST_TYPE];
  if (!items) return [];
  const itemsPath = childPath(path, 'items');
  const errors: FieldError[] = [];
  if (items.nullable) {
    const text = `cannot be nullable when ${LIST_TYPE} is ${listType}`;
    errors.push(forbidden(childPath(itemsPath, 'nullable'), text));
  }
  if (listType !== 'map') return errors;
  for (const key of mapKeysOf(schema)) {
    const property = items.properties?.[key];
    if (!property) continue;
    const place = keyPath(childPath(itemsPath, 'properties'), key);
    const because = `this property is in ${KEYS}, so it`;
    if (!items.required?.includes(key) && property.default === undefined) {
      const text = `${because} must have a default or be a required property`;
      errors.push(required(childPath(place, 'default'), text));
    }
    if (property.nullable) {
      errors.push(forbidden(childPath(place, 'nullable'), `${because} cannot be nullable`));
    }
  }
  return errors;
}
