import { goForm, hasDefinition, schemaOf } from '../../apis/schema/index.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import type { ManagedFieldsEntry } from '../../machinery/meta/v1.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { type Changes, compareFields } from './field-sets.ts';
import { type Shape, shapeOf } from './field-shape.ts';
import {
  difference,
  elementsOf,
  type FieldTree,
  LEAF,
  union,
  withoutBranch,
} from './field-tree.ts';

const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

/** IGNORED are the fields that nobody owns: the server's own. */
const IGNORED: FieldTree = {
  'f:apiVersion': LEAF,
  'f:kind': LEAF,
  'f:metadata': {
    '.': LEAF,
    'f:creationTimestamp': LEAF,
    'f:deletionGracePeriodSeconds': LEAF,
    'f:deletionTimestamp': LEAF,
    'f:generation': LEAF,
    'f:managedFields': LEAF,
    'f:name': LEAF,
    'f:namespace': LEAF,
    'f:resourceVersion': LEAF,
    'f:selfLink': LEAF,
    'f:uid': LEAF,
  },
};

/** Manager is who writes, and how. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string;
  /** When the fields changed hands; undefined for an apply that changed nothing. */
  readonly now: Date | undefined;
}

/** ownable takes out of a set what nobody owns. */
export function ownable(tree: FieldTree | undefined): FieldTree | undefined {
  if (tree === undefined) return undefined;
  const rest = difference(tree, IGNORED);
  return rest === LEAF ? undefined : rest;
}

const TYPE_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind']);

/** SERVER_FIELDS are the fields of metadata that nobody owns. */
const SERVER_FIELDS: ReadonlySet<string> = new Set(
  elementsOf(IGNORED['f:metadata'] ?? LEAF).map((element) => element.slice('f:'.length)),
);

type Fields = Record<string, unknown>;

function withoutNames(object: object, names: ReadonlySet<string>): Fields {
  const rest: Fields = {};
  const fields = object as Fields;
  for (const name of Object.keys(fields)) if (!names.has(name)) rest[name] = fields[name];
  return rest;
}

/** ownableState is an object without the fields `nobodys`; its metadata only where `hasMeta` says so. */
function ownableState(
  object: KubeObject | undefined,
  nobodys: ReadonlySet<string>,
  meta: { readonly fields: Fields; readonly hasMeta: boolean },
): Fields {
  const state = withoutNames(object ?? {}, nobodys);
  if (meta.hasMeta && object) state.metadata = meta.fields;
  else delete state.metadata;
  return state;
}

/**
 * ownableChanges compares what somebody can own in two states: comparing the rest, of which each
 * write changes something, would come to nothing. `reset` are the paths that are not the writer's.
 */
function ownableChanges(
  shape: Shape,
  states: { readonly old: KubeObject | undefined; readonly draft: KubeObject },
  reset: readonly string[],
): Changes {
  const { old, draft } = states;
  const nobodys = new Set([...TYPE_FIELDS, ...reset]);
  const oldMeta = withoutNames(old?.metadata ?? {}, SERVER_FIELDS);
  const draftMeta = withoutNames(draft.metadata, SERVER_FIELDS);
  const hasMeta = Object.keys(oldMeta).length > 0 || Object.keys(draftMeta).length > 0;
  const { changed, removed } = compareFields(
    shape,
    ownableState(old, nobodys, { fields: oldMeta, hasMeta }),
    ownableState(draft, nobodys, { fields: draftMeta, hasMeta }),
  );
  const owned = (tree: FieldTree | undefined) => without(reset, ownable(tree));
  return { changed: owned(changed), removed: owned(removed) };
}

/** shapeOfDefinition is the shape of the objects of a definition. */
export function shapeOfDefinition(definition: ResourceDefinition): Shape {
  return definition.structure?.shape ?? shapeOf(schemaOf(definition.definition));
}

/** treeOfEntry is the set of an entry. */
export function treeOfEntry(entry: ManagedFieldsEntry): FieldTree {
  return (entry.fieldsV1 ?? LEAF) as FieldTree;
}

/** isEntryOf tells whether an entry is a manager's own (the version of an applier does not matter). */
function isEntryOf(entry: ManagedFieldsEntry, manager: Manager, apiVersion: string): boolean {
  return (
    entry.manager === manager.name &&
    entry.operation === manager.operation &&
    (entry.subresource ?? '') === manager.subresource &&
    (manager.operation === 'Apply' || entry.apiVersion === apiVersion)
  );
}

/** ownEntry parts the entries of an object into that of a manager, where it has one, and the others. */
export function ownEntry(
  definition: ResourceDefinition,
  manager: Manager,
  entries: readonly ManagedFieldsEntry[],
): { own: ManagedFieldsEntry | undefined; others: readonly ManagedFieldsEntry[] } {
  const apiVersion = apiVersionOf(definition.type);
  const own = entries.find((entry) => isEntryOf(entry, manager, apiVersion));
  return { own, others: entries.filter((entry) => entry !== own) };
}

/** entryOf makes the entry of a manager. */
export function entryOf(
  definition: ResourceDefinition,
  manager: Manager,
  fields: FieldTree,
): ManagedFieldsEntry {
  return {
    manager: manager.name,
    operation: manager.operation,
    apiVersion: apiVersionOf(definition.type),
    ...(manager.now && { time: timestampOf(manager.now) }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields as Record<string, unknown>,
    ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
  };
}

function entryOrder(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const key = (one: ManagedFieldsEntry) =>
    [one.operation, one.time, one.manager, one.apiVersion, one.subresource].join('\0');
  return key(a) < key(b) ? -1 : 1;
}

/** sortedEntries are entries in the order in which upstream writes them. */
export function sortedEntries(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.sort(entryOrder);
}

/** VersionChanges are the fields in which two states differ, as one API version names them. */
export interface VersionChanges {
  readonly changed: FieldTree | undefined;
  /** Those that changed or went. */
  readonly all: FieldTree | undefined;
}

/**
 * ChangesElsewhere are the changes of one write as other API versions show them, by apiVersion;
 * `unknown` is a version in which the object cannot be had, of another group say.
 */
export type ChangesElsewhere = ReadonlyMap<string, VersionChanges | 'unknown'>;

/** changesFor answers what a write changed in the version of an entry, where that is another one. */
export function changesFor(
  entry: ManagedFieldsEntry,
  elsewhere: ChangesElsewhere | undefined,
): VersionChanges | undefined {
  const changes = elsewhere?.get(entry.apiVersion ?? '');
  return changes === 'unknown' ? undefined : changes;
}

/** withoutUnknown drops the entries of versions in which the object cannot be had, as upstream does with each write. */
export function withoutUnknown(
  entries: readonly ManagedFieldsEntry[],
  elsewhere: ChangesElsewhere | undefined,
): readonly ManagedFieldsEntry[] {
  if (elsewhere === undefined) return entries;
  return entries.filter((entry) => elsewhere.get(entry.apiVersion ?? '') !== 'unknown');
}

/** withoutFields takes fields away from entries; entries that own nothing more go. */
export function withoutFields(
  entries: readonly ManagedFieldsEntry[],
  fieldsOf: (entry: ManagedFieldsEntry) => FieldTree | undefined,
): ManagedFieldsEntry[] {
  const kept: ManagedFieldsEntry[] = [];
  for (const entry of entries) {
    const rest = difference(treeOfEntry(entry), fieldsOf(entry));
    if (rest === entry.fieldsV1) kept.push(entry);
    else if (rest) kept.push({ ...entry, fieldsV1: rest as Record<string, unknown> });
  }
  return kept;
}

/** withEntry adds or replaces a manager's entry; its time changes only when its fields do. */
export function withEntry(
  entries: readonly ManagedFieldsEntry[],
  entry: ManagedFieldsEntry,
  previous: ManagedFieldsEntry | undefined,
): ManagedFieldsEntry[] {
  const isSame = previous && deepEqual(previous.fieldsV1, entry.fieldsV1);
  const kept = isSame && previous.apiVersion === entry.apiVersion ? previous : entry;
  return capped([...entries, kept].sort(entryOrder));
}

/** capped merges the oldest updaters when there are too many. */
function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updates = entries.filter((one) => one.operation === 'Update');
  if (updates.length <= MAX_UPDATE_MANAGERS) return entries;
  const [first, second] = updates;
  if (!first || !second) return entries;
  const merged = union(treeOfEntry(first), treeOfEntry(second));
  const ancient: ManagedFieldsEntry = {
    ...second,
    manager: ANCIENT,
    fieldsV1: (merged ?? LEAF) as Record<string, unknown>,
  };
  const rest = entries.filter((one) => one !== first && one !== second);
  return capped([...rest, ancient].sort(entryOrder));
}

function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false;
  return (
    entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0)
  );
}

/** managedFieldsProblem is what keeps entries from being read, in upstream's words; undefined: nothing. */
export function managedFieldsProblem(entries: readonly ManagedFieldsEntry[]): string | undefined {
  for (const [index, { operation, apiVersion, fieldsType }] of entries.entries()) {
    if (operation !== 'Apply' && operation !== 'Update')
      return 'operation must be `Apply` or `Update`';
    if (!apiVersion) return 'apiVersion must not be empty';
    if (!fieldsType) return `missing fieldsType in managed fields entry ${index}`;
    if (fieldsType !== 'FieldsV1')
      return `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`;
  }
  return undefined;
}

function baseEntries(
  draft: KubeObject,
  old: KubeObject | undefined,
  manager: Manager,
): readonly ManagedFieldsEntry[] {
  const sent = draft.metadata.managedFields;
  if (manager.subresource !== '' || old === undefined) return old?.metadata.managedFields ?? [];
  if (isReset(sent)) return [];
  // One entry that cannot be read makes all that were sent with it count for nothing.
  const isReadable = sent !== undefined && managedFieldsProblem(sent) === undefined;
  return isReadable ? sent : (old.metadata.managedFields ?? []);
}

/**
 * resetPaths are the paths that are not the writer's: who writes an object that has a status
 * subresource does not own a status, who writes the status not the spec.
 */
function resetPaths({ strategy }: ResourceDefinition, subresource: string): readonly string[] {
  const { hasStatus, resetFields = [], subresourceResetFields } = strategy ?? {};
  const reset = [...resetFields, ...(subresourceResetFields?.[subresource] ?? [])];
  if (hasStatus && subresource === '') reset.push('status');
  if (hasStatus && subresource === 'status') reset.push('spec');
  return reset;
}

function without(paths: readonly string[], tree: FieldTree | undefined): FieldTree | undefined {
  let rest = tree;
  for (const path of paths) {
    rest = withoutBranch(
      rest,
      path.split('.').map((name) => `f:${name}`),
    );
  }
  return rest;
}

/** writable takes out of a set what is not the writer's. */
export function writable(
  definition: ResourceDefinition,
  { subresource }: Pick<Manager, 'subresource'>,
  tree: FieldTree | undefined,
): FieldTree | undefined {
  return without(resetPaths(definition, subresource), tree);
}

const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * entriesBeforeApply are the entries of an object that is applied to. One that has none says from
 * then on what it had before: that belongs to a manager of its own.
 */
export function entriesBeforeApply(
  definition: ResourceDefinition,
  current: KubeObject | undefined,
  { subresource, now }: { readonly subresource: string; readonly now: Date },
): readonly ManagedFieldsEntry[] {
  const entries = current?.metadata.managedFields ?? [];
  if (current === undefined || entries.length > 0) return entries;
  const manager = { name: BEFORE_FIRST_APPLY, operation: 'Update', subresource, now } as const;
  const { changed } = compareFields(shapeOfDefinition(definition), {}, current);
  const fields = writable(definition, manager, ownable(changed));
  return fields ? [entryOf(definition, manager, fields)] : entries;
}

/** formedAs brings an object into the form of those that are stored: parts of it are compared whole. */
function formedAs(definition: ResourceDefinition, object: KubeObject): KubeObject {
  if (definition.structure || !hasDefinition(definition.definition)) return object;
  return goForm(schemaOf(definition.definition), object);
}

/**
 * trackUpdate notes in the draft who owns what after a write that is not an apply: the writer owns
 * the fields that it added or changed, and the others lose them.
 */
export function trackUpdate(
  definition: ResourceDefinition,
  write: {
    readonly draft: KubeObject;
    readonly old: KubeObject | undefined;
    /** What changed as the other versions show it, where entries are of other versions. */
    readonly elsewhere?: ChangesElsewhere | undefined;
  },
  manager: Manager,
): void {
  const { draft, old, elsewhere } = write;
  const base = baseEntries(draft, old, manager);
  // Who owns what is not known of an object that says nothing of it: nobody begins to say so here.
  if (old !== undefined && base.length === 0) {
    delete draft.metadata.managedFields;
    return;
  }
  const shape = shapeOfDefinition(definition);
  const states = { old, draft: old ? formedAs(definition, draft) : draft };
  const reset = resetPaths(definition, manager.subresource);
  const { changed, removed } = ownableChanges(shape, states, reset);
  const { own, others: strangers } = ownEntry(definition, manager, base);
  const all = union(changed, removed);
  const others = withoutFields(
    withoutUnknown(strangers, elsewhere),
    (entry) => (changesFor(entry, elsewhere) ?? { all }).all,
  );
  const fields = union(difference(own && treeOfEntry(own), removed), changed);
  const entries = fields ? withEntry(others, entryOf(definition, manager, fields), own) : others;
  if (entries.length > 0) draft.metadata.managedFields = entries;
  else delete draft.metadata.managedFields;
}
