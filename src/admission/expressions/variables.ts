import { USER_INFO } from '../../apiserver/access/config/config-expressions.ts';
import type { CelType, Environment } from '../../cel/cel.ts';
import { kubernetesFunctions } from '../../cel/cel.ts';
import { AUTHORIZER, RESOURCE_CHECK } from '../../cel/library/authorizer.ts';
import { JSON_PATCH_FUNCTIONS } from '../../cel/library/json-patch.ts';
import { type Library, newLibrary } from '../../cel/library/library.ts';
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  namedStruct,
  STRING,
  type StructField,
  structType,
  TIMESTAMP,
} from '../../cel/types/type.ts';

function struct(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  return namedStruct(`kubernetes.${name}`, fields);
}

const KIND = struct('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = struct('GroupVersionResource', {
  group: STRING,
  version: STRING,
  resource: STRING,
});

/** REQUEST_TYPE is the type of the variable `request`. */
export const REQUEST_TYPE = struct('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER_INFO,
  dryRun: BOOL,
  options: DYN,
});

const CONDITION = struct('NamespaceCondition', {
  status: STRING,
  type: STRING,
  lastTransitionTime: TIMESTAMP,
  message: STRING,
  reason: STRING,
});

/** NAMESPACE_TYPE is the type of the variable `namespaceObject`. */
export const NAMESPACE_TYPE = struct('Namespace', {
  metadata: struct('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: struct('NamespaceSpec', { finalizers: listOf(STRING) }),
  status: struct('NamespaceStatus', { conditions: listOf(CONDITION), phase: STRING }),
});

/** JSON_PATCH_TYPE is the type of one operation that a mutation makes. */
export const JSON_PATCH_TYPE = namedStruct('JSONPatch', {
  op: STRING,
  path: STRING,
  from: STRING,
  value: DYN,
});

/** Has every field: what a mutation writes is checked when it is applied. */
class AnyFields extends Map<string, StructField> {
  override get(jsonName: string): StructField {
    return { jsonName, type: DYN };
  }
}

/** OBJECT_TYPE is the type of what an apply configuration makes. */
export const OBJECT_TYPE = structType('Object', new AnyFields());

/** The types that mutations make: `Object`, `Object.spec` and so on, and `JSONPatch`. */
const PATCH_TYPES = {
  get(name: string): CelType | undefined {
    if (name === 'JSONPatch') return JSON_PATCH_TYPE;
    if (name === 'Object') return OBJECT_TYPE;
    return name.startsWith('Object.') ? structType(name, new AnyFields()) : undefined;
  },
};

let patchLibrary: Library | undefined;

/** ExpressionScope says which variables an expression of an admission configuration has. */
export interface ExpressionScope {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** True for mutations, which make objects and patches. */
  readonly patches?: boolean;
  /** The variables of the policy so far, with the types of their values. */
  readonly variables?: ReadonlyMap<string, CelType>;
}

function variablesType(variables: ReadonlyMap<string, CelType>): CelType {
  const fields = Array.from(variables, ([jsonName, type]): [string, StructField] => [
    jsonName,
    { jsonName, type },
  ]);
  return structType('kubernetes.variables', new Map(fields));
}

/** environmentOf is the environment of an expression. */
export function environmentOf(scope: ExpressionScope): Environment {
  const variables = new Map<string, CelType>([
    ['object', DYN],
    ['oldObject', DYN],
    ['namespaceObject', NAMESPACE_TYPE],
    ['request', REQUEST_TYPE],
  ]);
  if (scope.params) variables.set('params', DYN);
  if (scope.authorizer) {
    variables.set('authorizer', AUTHORIZER);
    variables.set('authorizer.requestResource', RESOURCE_CHECK);
  }
  if (scope.variables) variables.set('variables', variablesType(scope.variables));
  if (!scope.patches) return { variables, library: kubernetesFunctions() };
  patchLibrary ??= newLibrary(JSON_PATCH_FUNCTIONS);
  return { variables, types: PATCH_TYPES, library: patchLibrary };
}
