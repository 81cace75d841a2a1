import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { ResourceType } from '../../machinery/object.ts';

/** ADMISSION_GROUP is the group whose own objects no webhook and no policy may touch. */
const ADMISSION_GROUP = 'admissionregistration.k8s.io';

/** isExempt tells whether a request is to configure admission itself. */
export function isExempt({ type }: AdmissionRequest): boolean {
  return type.group === ADMISSION_GROUP;
}

/** isNamespaces tells whether a type is that of namespaces. */
export function isNamespaces({ group, resource }: ResourceType): boolean {
  return group === '' && resource === 'namespaces';
}

/** namespaceOf is the namespace of a request; that of a namespace is the namespace itself. */
export function namespaceOf(request: AdmissionRequest): string {
  return isNamespaces(request.type) ? request.name : request.namespace;
}
