import type { ManagedFieldsEntry, StatusCause } from '../../machinery/meta/v1.ts';
import { newFailure, type StatusError } from '../../machinery/status-error.ts';
import { difference, type FieldTree, intersection, pathsOf } from '../fields/field-tree.ts';
import { treeOfEntry } from '../fields/managed-fields.ts';

/** Conflict is a field that an apply would change and somebody else owns. */
export interface Conflict {
  /** The owner as errors name it: `"kubectl" using apps/v1`. */
  readonly who: string;
  /** The field's path: `.spec.replicas`. */
  readonly path: string;
}

/**
 * conflictsOf answers the fields of other managers that an apply changes, but for those that it
 * `mayTake`.
 */
export function conflictsOf(
  others: readonly ManagedFieldsEntry[],
  changedFor: (entry: ManagedFieldsEntry) => FieldTree | undefined,
  mayTake: FieldTree | undefined,
): Conflict[] {
  return others.flatMap((entry) => {
    const taken = difference(intersection(treeOfEntry(entry), changedFor(entry)), mayTake);
    return pathsOf(taken).map((path) => ({ who: managerText(entry), path }));
  });
}

function managerText(entry: ManagedFieldsEntry): string {
  const name = JSON.stringify(entry.manager ?? '');
  const who = entry.subresource
    ? `${name} with subresource ${JSON.stringify(entry.subresource)}`
    : name;
  return entry.operation === 'Update' ? `${who} using ${entry.apiVersion}` : who;
}

/** newApplyConflict is upstream's answer to an apply with conflicts (409). */
export function newApplyConflict(conflicts: readonly Conflict[]): StatusError {
  const causes: StatusCause[] = conflicts.map(({ who, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field: path,
  }));
  return newFailure({
    message: conflictMessage(conflicts),
    reason: 'Conflict',
    details: { causes },
    code: 409,
  });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${first.who}: ${first.path}`;
  }
  const byManager = new Map<string, string[]>();
  for (const { who, path } of conflicts) {
    byManager.set(who, [...(byManager.get(who) ?? []), `- ${path}`]);
  }
  const lines = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([who, paths]) => [`conflicts with ${who}:`, ...paths]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
