import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import type { Registry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { compareFields } from './field-sets.ts';
import { type FieldTree, union } from './field-tree.ts';
import {
  type ChangesElsewhere,
  ownable,
  shapeOfDefinition,
  type VersionChanges,
  writable,
} from './managed-fields.ts';

interface States {
  readonly draft: KubeObject;
  readonly old: KubeObject;
  /** Through which the object is written: what a writer of it does not own is left out. */
  readonly subresource: string;
}

/**
 * changesElsewhere compares two states in each further version in which somebody owns fields of
 * the object; undefined when nobody does, as is usual. Groups that show the same objects, as those
 * of events, do not know each other's versions.
 */
export async function changesElsewhere(
  registry: Registry,
  definition: ResourceDefinition,
  states: States,
): Promise<ChangesElsewhere | undefined> {
  const own = apiVersionOf(definition.type);
  const entries = states.old.metadata.managedFields ?? [];
  const foreign = new Set(entries.map((entry) => entry.apiVersion ?? own));
  foreign.delete(own);
  if (foreign.size === 0) return undefined;
  const versions = registry
    .versionsOf(definition)
    .filter(({ type }) => type.group === definition.type.group);
  const changes = new Map<string, VersionChanges | 'unknown'>();
  for (const apiVersion of foreign) {
    const other = versions.find(({ type }) => apiVersionOf(type) === apiVersion);
    if (other) changes.set(apiVersion, await changesIn(other, definition, states));
    // A version of custom resources that is not served may be one that their definition still has.
    else if (!definition.structure) changes.set(apiVersion, 'unknown');
  }
  return changes;
}

async function changesIn(
  other: ResourceDefinition,
  definition: ResourceDefinition,
  { draft, old, subresource }: States,
): Promise<VersionChanges> {
  const served = [old, draft];
  const stored = definition.storedAs ? await definition.storedAs.toStored(served) : served;
  const [before, after] = other.storedAs ? await other.storedAs.fromStored(stored) : stored;
  const { changed, removed } = compareFields(shapeOfDefinition(other), before, after);
  const owned = (tree: FieldTree | undefined) => writable(other, { subresource }, ownable(tree));
  return { changed: owned(changed), all: owned(union(changed, removed)) };
}
