import type { Json, OpenApiResource } from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import { type Parameter, pathParameters } from './parameters.ts';
import { reachableFrom, type SchemaStyle, schemaJson } from './schema-json.ts';

/** SECURITY is how clients say who they are. */
export const SECURITY: Json = {
  BearerToken: {
    type: 'apiKey',
    description: 'Bearer Token authentication',
    name: 'authorization',
    in: 'header',
  },
};

/** PathWriter writes the parts of a path in one version of OpenAPI. */
export interface PathWriter {
  operationJson(operation: Operation, own: readonly Parameter[]): Json;
  parameterJson(parameter: Parameter): Json;
}

/** META are the schemas that custom resources refer to. */
const META = [
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
];

/** operationsByPath groups operations by path, in the order of the paths. */
function operationsByPath(
  operations: readonly Operation[],
): [path: string, operations: Operation[]][] {
  const paths = new Map<string, Operation[]>();
  for (const one of operations) {
    const known = paths.get(one.path);
    if (known) known.push(one);
    else paths.set(one.path, [one]);
  }
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1));
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

function pathJson(
  operations: readonly Operation[],
  descriptions: SchemaStyle['descriptions'],
  { operationJson, parameterJson }: PathWriter,
): Json {
  const { common, own } = pathParameters(operations, descriptions);
  const methods = METHODS.flatMap((method) =>
    operations.filter((one) => one.method === method),
  ).map((one) => [one.method, operationJson(one, own.get(one) ?? [])]);
  return {
    ...Object.fromEntries(methods),
    ...(common.length > 0 ? { parameters: common.map(parameterJson) } : {}),
  };
}

/**
 * pathsOf writes operations by path, each when it is asked for; the parameters that all of a path
 * have stand beside them.
 */
export function* pathsOf(
  operations: readonly Operation[],
  descriptions: SchemaStyle['descriptions'],
  writer: PathWriter,
): Iterable<[path: string, item: Json]> {
  for (const [path, some] of operationsByPath(operations)) {
    yield [path, pathJson(some, descriptions, writer)];
  }
}

/**
 * schemasOf are the schemas that operations name, with all that these need, in the order of their
 * names; each is written when it is asked for.
 */
export function* schemasOf(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  style: SchemaStyle,
): Iterable<[name: string, schema: Json]> {
  const own = new Map(
    resources.flatMap((one) => Object.entries(one.schemas?.(style.version) ?? {})),
  );
  const named = operations.flatMap(({ input = '', output }) => [input, output]);
  const needed = [
    ...named.filter((name) => name !== '' && !own.has(name)),
    ...(own.size > 0 ? META : []),
  ];
  const names = [...reachableFrom(needed), ...own.keys()];
  for (const name of names.sort()) yield [name, own.get(name) ?? schemaJson(name, style)];
}
