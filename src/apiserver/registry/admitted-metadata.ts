import { semanticEqual } from '../../machinery/deep-equal.ts';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { managedFieldsProblem } from '../fields/managed-fields.ts';
import type { RequestContext } from '../resource-definition.ts';

const DUPLICATES =
  'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed:';

/** An owner that says the same as one before it is a second one; of one uid there may be several. */
function isSecond(owner: OwnerReference, index: number, owners: readonly OwnerReference[]) {
  return owners
    .slice(0, index)
    .some((other) => other.uid === owner.uid && semanticEqual(other, owner));
}

/**
 * dropSecondOwners takes owners out that an object names twice, and warns of them; `when` is before
 * (`sent`) or after (`admitted`) mutating admission.
 */
export function dropSecondOwners(
  { metadata }: KubeObject,
  context: RequestContext,
  when: 'sent' | 'admitted',
): void {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners.length < 2) return;
  const seconds = owners.filter(isSecond);
  if (seconds.length === 0) return;
  const happened = when === 'sent' ? '' : ' after mutating admission happens';
  const uids = seconds.map(({ uid }) => uid).join(', ');
  context.warn(
    `.metadata.ownerReferences contains duplicate entries${happened}; ${DUPLICATES} ${uids}`,
  );
  metadata.ownerReferences = owners.filter((...one) => !isSecond(...one));
}

/** keepReadableOwnership undoes what mutating admission did to managed fields where it cannot be read, and warns. */
export function keepReadableOwnership(
  metadata: ObjectMeta,
  before: readonly ManagedFieldsEntry[] | undefined,
  context: RequestContext,
): void {
  const after = metadata.managedFields;
  if (after === undefined || after === before) return;
  const problem = managedFieldsProblem(after);
  if (problem === undefined) return;
  if (before === undefined) delete metadata.managedFields;
  else metadata.managedFields = [...before];
  context.warn(
    `.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ${problem}`,
  );
}
