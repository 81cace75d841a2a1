import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import type { Namespace } from './types.ts';
import { texts } from './validation-rules.ts';

const STANDARD = ['kubernetes', 'orphan', 'foregroundDeletion'];

function finalizerErrors(path: string, name: string): FieldError[] {
  const errors = texts(path, name, labelKeyErrors(name));
  if (!name.includes('/') && !STANDARD.includes(name)) {
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(invalid(path, name, detail));
  }
  return errors;
}

/** validateNamespace checks the finalizers of a new namespace. */
export function validateNamespace({ spec }: Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((one) => finalizerErrors('spec.finalizers', one));
}

/** validateNamespaceFinalize checks the finalizers that are left of a namespace. */
export function validateNamespaceFinalize({ spec }: Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((one, index) =>
    finalizerErrors(indexPath('spec.finalizers', index), one),
  );
}

/** validateNamespaceStatus checks that the phase tells whether the namespace is going. */
export function validateNamespaceStatus({ metadata, status }: Namespace): FieldError[] {
  const going = metadata.deletionTimestamp !== undefined;
  const phase = status?.phase ?? '';
  if (phase === (going ? 'Terminating' : 'Active')) return [];
  const detail = going
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty";
  return [invalid('status.Phase', phase, detail)];
}
