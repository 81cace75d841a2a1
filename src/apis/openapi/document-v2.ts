import { groupPath, type Json, type OpenApiResource } from './openapi-resource.ts';
import {
  kindExtension,
  MEDIA_TYPES,
  type Operation,
  operationsOf,
  parametersOf,
  patchTypesOf,
} from './operations.ts';
import { reachableFrom, refTo, type SchemaStyle, schemaJson } from './schema-json.ts';

/** OpenApiInfo names the API in a document. */
export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

/** META are the schemas that custom resources refer to. */
const META = [
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
];

const ok = (operation: Operation): Json => ({
  description: 'OK',
  schema: operation.output === '' ? { type: 'string' } : refTo(operation.output, 2),
});

function operationJson(operation: Operation): Json {
  const { group, version } = operation.kind;
  const parameters: Json[] = parametersOf(operation).map((one) => ({
    description: one.description,
    in: one.in,
    name: one.name,
    ...(one.in === 'path' ? { required: true } : {}),
    type: one.type,
    uniqueItems: true,
  }));
  if (operation.input !== undefined) {
    const required = operation.method !== 'delete';
    parameters.push({ name: 'body', in: 'body', required, schema: refTo(operation.input, 2) });
  }
  return {
    consumes: operation.method === 'patch' ? patchTypesOf(operation) : ['*/*'],
    description: operation.description,
    operationId: operation.id,
    parameters,
    produces: MEDIA_TYPES,
    responses: { 200: ok(operation), 401: { description: 'Unauthorized' } },
    schemes: ['https'],
    tags: [
      groupPath({ group, version })
        .replace(/^apis?\//, '')
        .replaceAll(/[./]/g, '_'),
    ],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': kindExtension(operation),
  };
}

/** pathsJson groups operations by path. */
export function pathsJson(
  operations: readonly Operation[],
  write: (operation: Operation) => Json,
): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method] = write(operation);
    paths[operation.path] = path;
  }
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** schemasOf are the schemas that operations name, with all that these need, by name. */
export function schemasOf(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  style: SchemaStyle,
): Json {
  const own = new Map(
    resources.flatMap((one) => Object.entries(one.schemas?.(style.version) ?? {})),
  );
  const named = operations.flatMap(({ input = '', output }) => [input, output]);

  const needed = [
    ...named.filter((name) => name !== '' && !own.has(name)),
    ...(own.size > 0 ? META : []),
  ];
  const names = [...reachableFrom(needed), ...own.keys()];
  return Object.fromEntries(
    names.sort().map((name) => [name, own.get(name) ?? schemaJson(name, style)]),
  );
}

/** documentV2 writes Swagger 2.0 of all resources. */
export function documentV2(
  resources: readonly OpenApiResource[],
  info: OpenApiInfo,
  style: SchemaStyle,
): Json {
  const operations = resources.flatMap(operationsOf);
  return {
    swagger: '2.0',
    info,
    paths: pathsJson(operations, operationJson),
    definitions: schemasOf(resources, operations, style),
  };
}
