import { type OpenApiInfo, pathsJson, schemasOf } from './document-v2.ts';
import type { Json, OpenApiResource } from './openapi-resource.ts';
import {
  kindExtension,
  MEDIA_TYPES,
  type Operation,
  operationsOf,
  parametersOf,
  patchTypesOf,
} from './operations.ts';
import { refTo, type SchemaStyle } from './schema-json.ts';

function content(types: readonly string[], schema: Json): Json {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function operationJson(operation: Operation): Json {
  const { input, output } = operation;
  const answer = output === '' ? { type: 'string' } : refTo(output, 3);
  const bodyTypes = operation.method === 'patch' ? patchTypesOf(operation) : ['*/*'];
  return {
    tags: [`${operation.kind.group.replaceAll('.', '_') || 'core'}_${operation.kind.version}`],
    description: operation.description,
    operationId: operation.id,
    parameters: parametersOf(operation).map((one) => ({
      name: one.name,
      in: one.in,
      description: one.description,
      ...(one.in === 'path' ? { required: true } : {}),
      schema: { type: one.type, uniqueItems: true },
    })),
    ...(input === undefined
      ? {}
      : { requestBody: { content: content(bodyTypes, refTo(input, 3)) } }),
    responses: {
      200: { description: 'OK', content: content(MEDIA_TYPES, answer) },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': kindExtension(operation),
  };
}

/** documentV3 writes OpenAPI 3.0 of the resources of one group version. */
export function documentV3(
  resources: readonly OpenApiResource[],
  info: OpenApiInfo,
  style: SchemaStyle,
): Json {
  const operations = resources.flatMap(operationsOf);
  return {
    openapi: '3.0.0',
    info,
    paths: pathsJson(operations, operationJson),
    components: { schemas: schemasOf(resources, operations, style) },
  };
}
