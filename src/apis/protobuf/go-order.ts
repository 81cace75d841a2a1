import { sortedKeys } from '../../machinery/go-json.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import numbers from '../catalogue/protobuf.json' with { type: 'json' };
import { definitionFact, definitionNames } from '../schema/catalogue.ts';
import { type ObjectSchema, type Schema, schemaOf } from '../schema/index.ts';

const NUMBERS = numbers as Readonly<Record<string, Readonly<Record<string, number>>>>;
const FIRST: Readonly<Record<string, number>> = { kind: -3, apiVersion: -2, metadata: -1 };
const LAST = 1_000;

let definitions: ReadonlyMap<string, string> | undefined;

/** definitionOf answers the definition of a kind; undefined where the catalogue has none. */
function definitionOf({ apiVersion, kind }: JsonObject): string | undefined {
  definitions ??= new Map(
    definitionNames().flatMap((name) => {
      const { gvk } = definitionFact(name);
      return typeof gvk === 'object' ? gvk.map((one): [string, string] => [one, name]) : [];
    }),
  );
  return definitions.get(`${String(apiVersion)}/${String(kind)}`);
}

function byRank(object: JsonObject, rank: (field: string) => number): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => rank(a) - rank(b));
}

function orderFields(object: JsonObject, schema: ObjectSchema): JsonObject {
  const known = NUMBERS[schema.definition] ?? {};
  const rank = (field: string) => {
    const number = known[field];
    return number === undefined ? (FIRST[field] ?? LAST) : Math.abs(number);
  };
  return Object.fromEntries(
    byRank(object, rank).map(([field, value]) => {
      const inner = schema.fields.get(field)?.schema;
      return [field, inner ? orderValue(value, inner) : value];
    }),
  );
}

function orderValue(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    return schema.kind === 'array' ? value.map((one) => orderValue(one, schema.items)) : value;
  }
  if (!isJsonObject(value)) return value;
  if (schema.kind === 'object' && !schema.free) return orderFields(value, schema);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (schema.kind !== 'map') return Object.fromEntries(entries);
  return Object.fromEntries(entries.map(([key, one]) => [key, orderValue(one, schema.values)]));
}

/** itemNames are the kind and apiVersion of the items of a list, which do not name theirs. */
export function itemNames({ kind, apiVersion }: JsonObject): JsonObject {
  return { kind: String(kind).replace(/List$/, ''), apiVersion };
}

/**
 * inGoOrder answers an object with its fields in the order in which Go's encoder writes them, for
 * people who read it: that of the Go struct (as far as the numbers of its protocol buffer fields
 * tell), sorted for custom kinds. Values without a kind stay as they are; `names` has the kind where
 * the value itself does not.
 */
export function inGoOrder(value: unknown, names?: JsonObject): unknown {
  if (!isJsonObject(value)) return value;
  const { kind, apiVersion } = names ?? value;
  if (typeof kind !== 'string') return value;
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    const ofItems = itemNames(value);
    return { ...value, items: value.items.map((item) => inGoOrder(item, ofItems)) };
  }
  const definition = definitionOf({ kind, apiVersion });
  const schema = definition === undefined ? undefined : schemaOf(definition);
  if (schema?.kind === 'object') return orderFields(value, schema);
  const isCustom = isJsonObject(value.metadata) && kind !== 'Status' && kind !== 'Table';
  return isCustom ? sortedKeys(value) : value;
}
