import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionVersion,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { ResourceType } from '../../machinery/object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';

/** CUSTOM_RESOURCE_DEFINITIONS is the resource that declares resources. */
export const CUSTOM_RESOURCE_DEFINITIONS: ResourceType<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** CLEANUP_FINALIZER keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** schemaOfVersion is the schema of a version, where it has one. */
export function schemaOfVersion(version: CustomResourceDefinitionVersion): JsonSchema | undefined {
  return version.schema?.openAPIV3Schema as JsonSchema | undefined;
}

/** storageVersionOf is the version in which objects are stored. */
export function storageVersionOf({
  spec,
}: CustomResourceDefinition): CustomResourceDefinitionVersion | undefined {
  return spec.versions?.find((one) => one.storage);
}

/** conditionOf answers a condition of a definition. */
export function conditionOf(
  { status }: CustomResourceDefinition,
  type: string,
): CustomResourceDefinitionCondition | undefined {
  return status?.conditions?.find((one) => one.type === type);
}

/** isConditionTrue tells whether a definition has a condition. */
export function isConditionTrue(definition: CustomResourceDefinition, type: string): boolean {
  return conditionOf(definition, type)?.status === 'True';
}

/** withCondition sets a condition; the time changes with its status only. */
export function withCondition(
  conditions: readonly CustomResourceDefinitionCondition[],
  condition: CustomResourceDefinitionCondition,
): CustomResourceDefinitionCondition[] {
  const before = conditions.find((one) => one.type === condition.type);
  if (!before) return [...conditions, condition];
  const isSame = before.status === condition.status && before.lastTransitionTime !== undefined;
  const kept = isSame
    ? { ...condition, lastTransitionTime: before.lastTransitionTime ?? '' }
    : condition;
  return conditions.map((one) => (one === before ? kept : one));
}
