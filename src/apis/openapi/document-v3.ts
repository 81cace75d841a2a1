import { pathsOf, SECURITY, schemasOf } from './document-parts.ts';
import type { OpenApiInfo } from './document-v2.ts';
import type { Json, OpenApiResource } from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import type { Parameter } from './parameters.ts';
import { refTo, type SchemaStyle } from './schema-json.ts';

const CODES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

/** Documents of custom resources have a title of their own. */
const CUSTOM_INFO: OpenApiInfo = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

function content(types: readonly string[], schema: Json): Json {
  return Object.fromEntries([...types].sort().map((type) => [type, { schema }]));
}

function parameterJson(one: Parameter): Json {
  return {
    name: one.name,
    in: one.in,
    ...(one.description === '' ? {} : { description: one.description }),
    ...(one.in === 'path' ? { required: true } : {}),
    schema: { type: one.type, uniqueItems: true },
  };
}

function operationJson(operation: Operation, parameters: readonly Parameter[]): Json {
  const { input, output, acts } = operation;
  const answer = output === '' ? { type: 'string' } : refTo(output, 3);
  const body = input && content(operation.inputTypes, refTo(input, 3));
  const responses = operation.codes.map((code) => [
    code,
    { description: CODES[code], content: content(operation.outputTypes, answer) },
  ]);
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.id,
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterJson) } : {}),
    ...(body && {
      requestBody: { content: body, ...(operation.needsInput ? { required: true } : {}) },
    }),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...(acts && {
      'x-kubernetes-action': acts.action,
      'x-kubernetes-group-version-kind': {
        group: acts.kind.group,
        version: acts.kind.version,
        kind: acts.kind.kind,
      },
    }),
  };
}

/** documentV3 writes OpenAPI 3.0 of some operations with the schemas that they need. */
export function documentV3(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  { info, style }: { readonly info: OpenApiInfo; readonly style: SchemaStyle },
): Json {
  const isCustom = resources.length > 0 && resources.every((one) => one.schemas);
  const schemas = Object.fromEntries(schemasOf(resources, operations, { ...style, isCustom }));
  const hasSchemas = Object.keys(schemas).length > 0;
  return {
    openapi: '3.0.0',
    info: isCustom ? CUSTOM_INFO : info,
    paths: Object.fromEntries(
      pathsOf(operations, style.descriptions, { operationJson, parameterJson }),
    ),
    components: {
      ...(hasSchemas ? { schemas } : {}),
      ...(isCustom ? {} : { securitySchemes: SECURITY }),
    },
  };
}
