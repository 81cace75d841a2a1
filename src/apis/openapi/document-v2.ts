import { pathsOf, SECURITY, schemasOf } from './document-parts.ts';
import type { Json, OpenApiResource } from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import type { Parameter } from './parameters.ts';
import { refTo, type SchemaStyle } from './schema-json.ts';

/** OpenApiInfo names the API in a document. */
export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

const CODES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function parameterJson(one: Parameter): Json {
  return {
    uniqueItems: true,
    type: one.type,
    ...(one.description === '' ? {} : { description: one.description }),
    name: one.name,
    in: one.in,
    ...(one.in === 'path' ? { required: true } : {}),
  };
}

function operationJson(operation: Operation, own: readonly Parameter[]): Json {
  const { acts, output } = operation;
  const parameters: Json[] = own.map(parameterJson);
  if (operation.input !== undefined) {
    const required = operation.needsInput ? { required: true } : {};
    parameters.unshift({
      name: 'body',
      in: 'body',
      ...required,
      schema: refTo(operation.input, 2),
    });
  }
  const schema = output === '' ? { type: 'string' } : refTo(output, 2);
  const responses = operation.codes.map((code) => [code, { description: CODES[code], schema }]);
  return {
    description: operation.description,
    consumes: operation.inputTypes,
    produces: operation.outputTypes,
    schemes: ['https'],
    tags: [operation.tag],
    operationId: operation.id,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...(acts && {
      'x-kubernetes-action': acts.action,
      'x-kubernetes-group-version-kind': {
        group: acts.kind.group,
        kind: acts.kind.kind,
        version: acts.kind.version,
      },
    }),
  };
}

/** documentV2 writes Swagger 2.0 of some operations with the schemas that they need. */
export function documentV2(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  { info, style }: { readonly info: OpenApiInfo; readonly style: SchemaStyle },
): Json {
  return {
    swagger: '2.0',
    info,
    paths: pathsOf(operations, style.descriptions, { operationJson, parameterJson }),
    definitions: schemasOf(resources, operations, style),
    securityDefinitions: SECURITY,
    security: [{ BearerToken: [] }],
  };
}
