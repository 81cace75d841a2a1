import type { GroupVersionKind } from '../../apiserver/contracts.ts';
import { mergeConfiguration } from '../../apiserver/fields/apply-configuration.ts';
import { childrenOf, type Shape } from '../../apiserver/fields/field-shape.ts';
import { shapeOfDefinition } from '../../apiserver/fields/managed-fields.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { CelError, type Value } from '../../cel/cel.ts';
import { misnamedTypes, toJson } from '../../cel/values/to-json.ts';
import { CelList, CelMap } from '../../cel/values/value.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from '../../machinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';

/** MutationError says why what an expression made cannot be applied. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

function json(value: Value): unknown {
  try {
    return toJson(value);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const reason = `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${error.message}`;
    throw new MutationError(reason, { cause: error });
  }
}

function checkTypeNames(value: Value): void {
  const wrong = misnamedTypes(value, 'Object');
  if (wrong.length > 0) throw new MutationError(`type mismatch: ${wrong.join('\n')}`);
}

function operationOf(value: Value): JsonPatchOperation {
  if (!(value instanceof CelMap)) throw new MutationError('type mismatch: not a JSONPatch');
  const operation: JsonObject = {};
  for (const name of ['op', 'path', 'from']) {
    const text = value.find(name);
    if (typeof text === 'string' && text !== '') operation[name] = text;
  }
  operation.path ??= '';
  const content = value.find('value');
  if (content !== undefined) operation.value = json(content);
  return operation as unknown as JsonPatchOperation;
}

/** applyJsonPatch applies the operations that an expression made; a test that fails changes nothing. */
export function applyJsonPatch(object: KubeObject, value: Value): JsonObject {
  if (!(value instanceof CelList))
    throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array');
  const operations = value.toArray().map(operationOf);
  const draft = structuredClone(object) as unknown as JsonObject;
  try {
    return jsonPatch(draft, operations) as JsonObject;
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    if (/testing (?:value )?.*failed|test failed/.test(error.message))
      return structuredClone(object) as unknown as JsonObject;
    throw new MutationError(`JSON Patch: ${error.message}`, { cause: error });
  }
}

/** Lists and objects that can only be replaced as a whole; a configuration may not have them. */
function atomicPaths(shape: Shape, value: unknown, path: string): string[] {
  if (!isJsonObject(value) && !Array.isArray(value)) return [];
  const children = childrenOf(shape, value);
  if (!children) return [path];
  return [...children].flatMap(([element, { shape: child, value: one }]) => {
    if (element.startsWith('f:')) return atomicPaths(child, one, `${path}.${element.slice(2)}`);
    const index = Array.isArray(value) ? value.indexOf(one) : 0;
    return atomicPaths(child, one, `${path}[${index}]`);
  });
}

/** applyConfiguration lays the object that an expression made over the object of a request. */
export function applyConfiguration(
  object: KubeObject,
  value: Value,
  about: { readonly definition: ResourceDefinition; readonly type: GroupVersionKind },
): JsonObject {
  checkTypeNames(value);
  const { definition, type } = about;
  const config = {
    ...(json(value) as JsonObject),
    apiVersion: apiVersionOf(type),
    kind: type.kind,
  };
  const shape = shapeOfDefinition(definition);
  const atomics = atomicPaths(shape, config, '');
  if (atomics.length > 0)
    throw new MutationError(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`,
    );
  return structuredClone(mergeConfiguration(shape, object, config)) as JsonObject;
}
