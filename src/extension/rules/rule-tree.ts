import { escapeName, schemaType } from '../../cel/types/schema.ts';
import type { CelType } from '../../cel/types/type.ts';
import { additionalSchema, type JsonSchema } from '../schema/json-schema.ts';
import { type CompiledRule, compileRules } from './compile-rules.ts';

/** RuleTree is a schema as far as rules are in it: those of a value, and of the values inside. */
export interface RuleTree {
  readonly schema: JsonSchema;
  readonly type: CelType;
  readonly rules: readonly CompiledRule[];
  readonly items: RuleTree | undefined;
  readonly additional: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
}

const SELF = 'selfType';

/** ruleTree compiles all rules of the schema of an object; undefined: there are none. */
export function ruleTree(schema: JsonSchema): RuleTree | undefined {
  return hasRules(schema) ? treeOf(schema, schemaType(schema, SELF, true)) : undefined;
}

/** valueRuleTree does the same for the schema of a value inside an object. */
export function valueRuleTree(schema: JsonSchema): RuleTree | undefined {
  const isObject = schema['x-kubernetes-embedded-resource'] ?? false;
  return hasRules(schema) ? treeOf(schema, schemaType(schema, SELF, isObject)) : undefined;
}

function hasRules(schema: JsonSchema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const { items, properties = {} } = schema;
  const additional = additionalSchema(schema);
  const below = [items, additional, ...Object.values(properties)];
  return below.some((one) => one !== undefined && hasRules(one));
}

function treeOf(schema: JsonSchema, type: CelType | undefined): RuleTree | undefined {
  if (!type) return undefined;
  const properties = new Map<string, RuleTree>();
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    if (!hasRules(one)) continue;
    const tree = treeOf(one, fieldType(type, name, one));
    if (tree) properties.set(name, tree);
  }
  const { items } = schema;
  const additional = additionalSchema(schema);
  const inner = type.params.at(-1);
  const rules = compileRules(schema, type);
  const tree: RuleTree = {
    schema,
    type,
    rules,
    items: items && hasRules(items) ? treeOf(items, inner) : undefined,
    additional: additional && hasRules(additional) ? treeOf(additional, inner) : undefined,
    properties,
  };
  const isEmpty = rules.length + properties.size === 0 && !tree.items && !tree.additional;
  return isEmpty ? undefined : tree;
}

/** A name that expressions cannot say has no field in the type, but a type of its own. */
function fieldType(type: CelType, name: string, schema: JsonSchema): CelType | undefined {
  const escaped = escapeName(name);
  if (escaped !== undefined) return type.fields?.get(escaped)?.type;
  return schemaType(schema, SELF, schema['x-kubernetes-embedded-resource'] ?? false);
}
