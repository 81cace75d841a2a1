import type { Status } from './meta/v1.ts';
import type { KubeObject } from './object.ts';

/** newSuccess is the Status that answers what leaves no object to show: a delete, a binding. */
export function newSuccess(
  more: { readonly details?: Status['details']; readonly code?: number } = {},
): Status & KubeObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...more };
}
