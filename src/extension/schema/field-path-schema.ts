import { childPath, keyPath } from '../../machinery/field-path.ts';
import { additionalSchema, allowsAdditional, type JsonSchema, propertyOf } from './json-schema.ts';

/** FoundField is the schema that a path such as `.spec.ports['a.b']` leads to, or why to none. */
export type FoundField =
  | { readonly path: string; readonly schema: JsonSchema; readonly names: readonly string[] }
  | { readonly problem: string };

const INVALID = 'does not refer to a valid field';
const TOKEN = /'(?:\\.|[^\\'])*'|[.[\]]|[^.[\]]+/g;

/** findField follows a path of field names from a schema. */
export function findField(
  schema: JsonSchema,
  jsonPath: string,
  options: { readonly brackets: boolean } = { brackets: true },
): FoundField {
  const tokens = jsonPath.match(TOKEN) ?? [];
  let at: JsonSchema | undefined = schema;
  let path = '';
  const names: string[] = [];
  for (let index = 0; index < tokens.length; ) {
    const step = readStep(tokens, index, options.brackets);
    if ('problem' in step) return step;
    index = step.next;
    const isNamed: boolean = at?.properties !== undefined;
    if (!at || (!isNamed && !allowsAdditional(at))) return { problem: INVALID };
    at = isNamed ? propertyOf(at, step.name) : (additionalSchema(at) ?? {});
    if (!at) return { problem: INVALID };
    path = isNamed ? childPath(path, step.name) : keyPath(path, step.name);
    names.push(step.name);
  }
  return { path, schema: at, names };
}

type Step = { readonly name: string; readonly next: number } | { readonly problem: string };

function readStep(tokens: readonly string[], index: number, brackets: boolean): Step {
  const token = tokens[index];
  const name = tokens[index + 1];
  if (token !== '.' && token !== '[') return { problem: `expected [ or . but got: ${token}` };
  if (token === '[' && !brackets) return { problem: 'array notation is not allowed' };
  if (name === undefined) return { problem: 'unexpected end of JSON path' };
  if (token === '.') return { name, next: index + 2 };
  if (!/^'.*'$/.test(name)) return { problem: `expected single quoted string but got ${name}` };
  const end = tokens[index + 2];
  if (end === undefined) return { problem: 'unexpected end of JSON path' };
  if (end !== ']') return { problem: `expected ] but got ${end}` };
  return { name: name.slice(1, -1).replace(/\\(.)/g, '$1'), next: index + 3 };
}
