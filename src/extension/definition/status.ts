import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionStatus,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { structuralErrors } from '../schema/structural-rules.ts';
import { approvalOf } from './approval.ts';
import {
  conditionOf,
  isConditionTrue,
  schemaOfVersion,
  withCondition,
} from './definition-parts.ts';
import type { Naming } from './naming.ts';

type Condition = CustomResourceDefinitionCondition;

const APPROVAL_REASONS = {
  approved: ['True', 'ApprovedAnnotation'],
  bypassed: ['False', 'UnapprovedAnnotation'],
  missing: ['False', 'MissingAnnotation'],
  invalid: ['False', 'InvalidAnnotation'],
} as const;

/** willServe tells whether a definition is served once it has these names. */
export function willServe(definition: CustomResourceDefinition, naming: Naming): boolean {
  return isConditionTrue(definition, 'Established') || naming.condition.status === 'True';
}

/** statusAfter is the status of a definition whose names were settled and whose resources are served. */
export function statusAfter(
  definition: CustomResourceDefinition,
  naming: Naming,
  now: string,
): CustomResourceDefinitionStatus {
  const conditions = [
    naming.condition,
    establishedCondition(definition, naming, now),
    ...approvalCondition(definition, now),
    ...structureCondition(definition, now),
  ].reduce<Condition[]>(
    (all, one) => withCondition(all, one),
    [...(definition.status?.conditions ?? [])],
  );
  const isStructural = structureCondition(definition, now).length === 0;
  return {
    ...definition.status,
    conditions: conditions.filter((one) => one.type !== 'NonStructuralSchema' || !isStructural),
    acceptedNames: naming.accepted,
  };
}

function establishedCondition(
  definition: CustomResourceDefinition,
  naming: Naming,
  lastTransitionTime: string,
): Condition {
  const before = conditionOf(definition, 'Established');
  if (before?.status === 'True') return before;
  const type = 'Established';
  if (naming.condition.status === 'True') {
    const message = 'the initial names have been accepted';
    return { type, status: 'True', lastTransitionTime, reason: 'InitialNamesAccepted', message };
  }
  if (before) return before;
  const message = 'not all names are accepted';
  return { type, status: 'False', lastTransitionTime, reason: 'NotAccepted', message };
}

function approvalCondition(definition: CustomResourceDefinition, now: string): Condition[] {
  const approval = approvalOf(definition);
  if (!approval) return [];
  const [status, reason] = APPROVAL_REASONS[approval.state];
  const type = 'KubernetesAPIApprovalPolicyConformant';
  return [{ type, status, lastTransitionTime: now, reason, message: approval.reason }];
}

function structureCondition({ spec }: CustomResourceDefinition, now: string): Condition[] {
  const errors = (spec.versions ?? []).flatMap((version, index) => {
    const schema = schemaOfVersion(version);
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    return schema ? structuralErrors(schema, path) : [];
  });
  if (errors.length === 0 && !spec.preserveUnknownFields) return [];
  const texts = errors.map(({ field, body }) => `${field}: ${body}`);
  if (spec.preserveUnknownFields) {
    texts.push('spec.preserveUnknownFields: Invalid value: true: must be false');
  }
  const message = texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '');
  return [
    {
      type: 'NonStructuralSchema',
      status: 'True',
      lastTransitionTime: now,
      reason: 'Violations',
      message,
    },
  ];
}
