import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { cloneJson } from '../../apiserver/registry/clone.ts';
import type {
  ObjectStructure,
  ResourceDefinition,
  StoredForm,
  Subresource,
} from '../../apiserver/resource-definition.ts';
import { getAt } from '../../machinery/field-path.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../machinery/object.ts';
import { schemaOfVersion, storageVersionOf } from '../definition/definition-parts.ts';
import { modelName, publishedSchemas } from '../openapi/published-schemas.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { columnsOf } from './columns.ts';
import type { Convert } from './conversion.ts';
import { newStrategy, type RuleCheck } from './strategy.ts';
import { newStructure, reform } from './structure.ts';

/** CustomParts is what the resources of a definition need beside it. */
export interface CustomParts {
  readonly convert: Convert;
  /** Compiles the rules of a schema; undefined where it has none. */
  rulesOf(schema: JsonSchema): RuleCheck | undefined;
  /** Throws where the definition is about to go. */
  demandCreatable(): void;
}

const FREE: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** schemaInForce is the schema of a version as it is applied: a definition may let everything pass. */
function schemaInForce(
  { spec }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): JsonSchema {
  const schema = schemaOfVersion(version) ?? FREE;
  if (!spec.preserveUnknownFields) return schema;
  return { ...schema, 'x-kubernetes-preserve-unknown-fields': true };
}

/**
 * customDefinitions are the resources that a definition declares, one for each served version, and
 * the one in whose form objects are stored.
 */
export function customDefinitions(
  definition: CustomResourceDefinition,
  parts: CustomParts,
): ResourceDefinition[] {
  const storage = storageVersionOf(definition);
  if (!storage) return [];
  return definition.spec.versions
    .filter((one) => one.served || one === storage)
    .map((version) => versionDefinition({ definition, storage, version, parts }));
}

interface VersionParts {
  readonly definition: CustomResourceDefinition;
  readonly storage: CustomResourceDefinitionVersion;
  readonly version: CustomResourceDefinitionVersion;
  readonly parts: CustomParts;
}

function versionDefinition(all: VersionParts): ResourceDefinition {
  const { definition, storage, version, parts } = all;
  const { spec, status } = definition;
  const names = status?.acceptedNames ?? spec.names;
  const schema = schemaInForce(definition, version);
  const type = typeOf(definition, version.name);
  const { demandCreatable } = parts;
  const checkRules = parts.rulesOf(schema);
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath);
  return {
    type,
    definition: modelName(type),
    structure: newStructure(schema, restoreOf(all)),
    schemas: (style) =>
      publishedSchemas({ type, listKind: names.listKind, schema, selectable }, style),
    singular: names.singular ?? type.kind.toLowerCase(),
    ...(names.listKind ? { listKind: names.listKind } : {}),
    ...(names.shortNames ? { shortNames: names.shortNames } : {}),
    ...(names.categories ? { categories: names.categories } : {}),
    columns: columnsOf(version.additionalPrinterColumns),
    strategy: newStrategy({ version, schema, checkRules, demandCreatable }),
    subresources: subresourcesOf(version),
    ...(version.served ? {} : { hidden: true }),
    ...(version === storage ? {} : { storedAs: storedForm(all) }),
    ...(version.deprecated ? { deprecation: deprecationOf(type, version) } : {}),
  };
}

/** typeOf is the resource of a definition in one version. */
export function typeOf({ spec, status }: CustomResourceDefinition, version: string): ResourceType {
  const { plural, kind } = status?.acceptedNames?.plural ? status.acceptedNames : spec.names;
  const { group, scope } = spec;
  return { group, version, resource: plural, kind, namespaced: scope === 'Namespaced' };
}

function deprecationOf(type: ResourceType, version: CustomResourceDefinitionVersion): string {
  return version.deprecationWarning ?? `${apiVersionOf(type)} ${type.kind} is deprecated`;
}

function subresourcesOf(
  version: CustomResourceDefinitionVersion,
): Record<string, Subresource<KubeObject>> {
  const { scale, status } = version.subresources ?? {};
  return {
    ...(status === undefined ? {} : { status: { kind: 'status' } }),
    ...(scale === undefined ? {} : { scale: scaleOf(scale) }),
  };
}

function scaleOf(scale: CustomResourceSubresourceScale): Subresource<KubeObject> {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    kind: 'scale',
    specReplicasPath,
    statusReplicasPath,
    demandsReplicas: true,
    selector(object) {
      const value = labelSelectorPath ? getAt(object, labelSelectorPath) : undefined;
      return typeof value === 'string' ? value : '';
    },
  };
}

function storedForm({ definition, storage, version, parts }: VersionParts): StoredForm {
  const own = schemaInForce(definition, version);
  const stored = schemaInForce(definition, storage);
  const to = (name: string, schema: JsonSchema) => (objects: readonly KubeObject[]) =>
    converted(parts, objects, { apiVersion: apiVersionOf(typeOf(definition, name)), schema });
  return {
    type: typeOf(definition, storage.name),
    toStored: to(storage.name, stored),
    fromStored: to(version.name, own),
  };
}

interface Target {
  readonly apiVersion: string;
  readonly schema: JsonSchema;
}

function converted(
  { convert }: CustomParts,
  objects: readonly KubeObject[],
  { apiVersion, schema }: Target,
): readonly KubeObject[] | Promise<readonly KubeObject[]> {
  const copies = objects.map(cloneJson);
  const answer = convert(copies, apiVersion);
  const complete = (all: readonly KubeObject[]) => all.map((one) => reform(schema, one));
  return answer instanceof Promise ? answer.then(complete) : complete(answer);
}

/** restoreOf brings what is in the store, in whatever version, into the version that is stored now. */
function restoreOf({
  definition,
  version,
  parts,
}: VersionParts): NonNullable<ObjectStructure['restore']> {
  const apiVersion = apiVersionOf(typeOf(definition, version.name));
  const schema = schemaInForce(definition, version);
  return async (objects) => {
    const foreign = objects.filter((one) => one.apiVersion !== apiVersion);
    const answers = foreign.length > 0 ? await parts.convert(foreign, apiVersion) : [];
    const byObject = new Map(foreign.map((one, index) => [one, answers[index] ?? one]));
    return objects.map((one) => reform(schema, byObject.get(one) ?? one));
  };
}
