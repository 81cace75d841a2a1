import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { type FieldError, invalid, required } from '../../machinery/field-error.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** Approval is what a definition in a group of Kubernetes says about its review. */
export interface Approval {
  readonly state: 'approved' | 'bypassed' | 'missing' | 'invalid';
  readonly reason: string;
}

function isProtected(group: string): boolean {
  return /(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group);
}

/** approvalOf answers undefined for a group that needs no approval. */
export function approvalOf({ metadata, spec }: CustomResourceDefinition): Approval | undefined {
  if (!isProtected(spec.group)) return undefined;
  const value = metadata.annotations?.[ANNOTATION] ?? '';
  const needed = `protected groups must have approval annotation ${JSON.stringify(ANNOTATION)}`;
  if (value === '') return { state: 'missing', reason: `${needed}, ${SEE}` };
  if (value.startsWith('unapproved')) {
    return { state: 'bypassed', reason: `not approved: ${JSON.stringify(value)}` };
  }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(value)) {
    return { state: 'approved', reason: `approved in ${value}` };
  }
  const either = 'with either a URL or a reason starting with "unapproved"';
  return { state: 'invalid', reason: `${needed} ${either}, ${SEE}` };
}

/** approvalErrors refuses a definition in a group of Kubernetes that was not approved. */
export function approvalErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): FieldError[] {
  const approval = approvalOf(definition);
  if (!approval || (old && approvalOf(old)?.state === approval.state)) return [];
  const path = `metadata.annotations[${ANNOTATION}]`;
  if (approval.state === 'missing') return [required(path, approval.reason)];
  if (approval.state !== 'invalid') return [];
  return [invalid(path, definition.metadata.annotations?.[ANNOTATION], approval.reason)];
}
