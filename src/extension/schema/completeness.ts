import { type FieldError, required } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { type JsonSchema, propertyOf } from './json-schema.ts';

/** completenessErrors finds fields that only `anyOf`, `allOf`, `oneOf` or `not` of the root know. */
export function completenessErrors(schema: JsonSchema, path: string): FieldError[] {
  return inCombinations(schema, schema, { structure: path, rule: path });
}

interface Places {
  /** The path in the structure, and that of the rule which looks at it. */
  readonly structure: string;
  readonly rule: string;
}

function inCombinations(rule: JsonSchema, structure: JsonSchema, at: Places): FieldError[] {
  const { not } = rule;
  const errors = not
    ? inRule(not, structure, { ...at, rule: childPath(at.rule, 'not') })
    : ([] as FieldError[]);
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, one] of (rule[name] ?? []).entries()) {
      const place = indexPath(childPath(at.rule, name), index);
      errors.push(...inRule(one, structure, { ...at, rule: place }));
    }
  }
  return errors;
}

function inRule(rule: JsonSchema, structure: JsonSchema | undefined, at: Places): FieldError[] {
  if (!structure) return [required(at.structure, `because it is defined in ${at.rule}`)];
  const errors = inCombinations(rule, structure, at);
  if (rule.items) errors.push(...inRule(rule.items, structure.items, below(at, 'items')));
  for (const [name, one] of Object.entries(rule.properties ?? {})) {
    errors.push(...inRule(one, propertyOf(structure, name), below(at, 'properties', name)));
  }
  return errors;
}

function below(at: Places, child: string, key?: string): Places {
  const place = (path: string) => {
    const one = childPath(path, child);
    return key === undefined ? one : keyPath(one, key);
  };
  return { structure: place(at.structure), rule: place(at.rule) };
}
