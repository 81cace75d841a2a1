import { isStatusError } from '../../machinery/status-error.ts';

/** isTerminating tells whether a write failed because the namespace is going, and all in it. */
export function isTerminating(error: unknown): boolean {
  if (!isStatusError(error, 'Forbidden')) return false;
  const causes = error.status.details?.causes ?? [];
  return causes.some((one) => one.reason === 'NamespaceTerminating');
}
