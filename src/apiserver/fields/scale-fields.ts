import type { ManagedFieldsEntry } from '../../machinery/meta/v1.ts';
import { difference, type FieldTree, intersection, LEAF } from './field-tree.ts';
import { sortedEntries, treeOfEntry } from './managed-fields.ts';

type Entries = readonly ManagedFieldsEntry[];

/** REPLICAS is where a Scale has the number of replicas. */
const REPLICAS = '.spec.replicas';

/** treeAt is the set of the one field at a path such as `.spec.replicas`. */
function treeAt(path: string): FieldTree {
  const names = path.split('.').filter((name) => name !== '');
  return names.reduceRight<FieldTree>((below, name) => ({ [`f:${name}`]: below }), LEAF);
}

function withTree(entry: ManagedFieldsEntry, tree: FieldTree): ManagedFieldsEntry {
  return { ...entry, fieldsV1: tree as Record<string, unknown> };
}

function owns(entry: ManagedFieldsEntry, path: string): boolean {
  return intersection(treeOfEntry(entry), treeAt(path)) !== undefined;
}

/** entriesOfScale are the entries of an object that own its replicas at a path, as its Scale has them. */
export function entriesOfScale(entries: Entries, path: string, apiVersion: string): Entries {
  return entries
    .filter((entry) => owns(entry, path))
    .map((entry) => ({ ...withTree(entry, treeAt(REPLICAS)), apiVersion }));
}

/** An applier is known by its name; an updater by its version too, which is another one in a Scale. */
function isSameApplier(one: ManagedFieldsEntry, other: ManagedFieldsEntry): boolean {
  return (
    one.operation === 'Apply' &&
    other.operation === 'Apply' &&
    one.manager === other.manager &&
    (one.subresource ?? '') === (other.subresource ?? '')
  );
}

/**
 * entriesOfScaled brings what a write to a Scale made of its entries into those of the object: who
 * does not own the replicas any more loses them; who does is noted without a time, and an updater
 * with an entry that has nothing else, as upstream.
 */
export function entriesOfScaled(
  entries: Entries,
  scale: Entries,
  { path, apiVersion }: { readonly path: string; readonly apiVersion: string },
): Entries {
  const owners = scale.filter((entry) => owns(entry, REPLICAS));
  const kept = entries.flatMap((entry) => {
    const stays = owners.some((one) => isSameApplier(one, entry));
    if (stays || !owns(entry, path)) return [entry];
    const rest = difference(treeOfEntry(entry), treeAt(path));
    return rest ? [withTree(entry, rest)] : [];
  });
  const added = owners
    .filter((one) => !entries.some((entry) => owns(entry, path) && isSameApplier(one, entry)))
    .map(({ time: _time, ...one }) => ({ ...withTree(one, treeAt(path)), apiVersion }));
  return sortedEntries([...kept, ...added]);
}
