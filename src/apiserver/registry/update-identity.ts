import { invalid } from '../../machinery/field-error.ts';
import type { ObjectMeta } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import {
  newBadRequest,
  newConflict,
  newInvalid,
  type StatusError,
} from '../../machinery/status-error.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { REGISTRY_PREFIX, upstreamKey } from '../storage-key.ts';
import { cloneJson } from './clone.ts';
import type { StoredResource } from './registry.ts';

/**
 * checkIdentity fills in the identity of the object that is written. A PUT of another uid is a conflict; a patch of
 * the uid is refused later, as a change of an immutable field.
 */
export function checkIdentity(
  stored: StoredResource,
  draft: KubeObject,
  rule: { readonly old: KubeObject; readonly replace: boolean; readonly dryRun: boolean },
): void {
  const { old, replace, dryRun } = rule;
  const { metadata } = draft;
  metadata.name ??= old.metadata.name ?? '';
  if (metadata.namespace === undefined && old.metadata.namespace !== undefined) {
    metadata.namespace = old.metadata.namespace;
  }
  const uid = old.metadata.uid ?? '';
  if (!replace || !metadata.uid || metadata.uid === uid) return;
  throw newOtherUid(stored.definition, old.metadata, { uid: metadata.uid, dryRun });
}

/** newOtherUid is the conflict of who writes over an object that is not the one he means. */
export function newOtherUid(
  { type, structure }: ResourceDefinition,
  old: ObjectMeta,
  { uid, dryRun }: { readonly uid: string; readonly dryRun: boolean },
): StatusError {
  const key = upstreamKey(type, structure !== undefined, old);
  // Dry runs never come to where the prefix is put before the key.
  const shown = dryRun ? key.slice(REGISTRY_PREFIX.length - 1) : key;
  return newConflict(
    type,
    old.name ?? '',
    `StorageError: invalid object, Code: 4, Key: ${shown}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.uid ?? ''}`,
  );
}

/** checkVersion answers whether the writer demanded the version that it saw; throws where that is not the present one. */
export function checkVersion(
  stored: StoredResource,
  draft: KubeObject,
  rule: { readonly old: KubeObject; readonly replace: boolean },
): boolean {
  const { type } = stored.definition;
  const name = rule.old.metadata.name ?? '';
  const demanded = draft.metadata.resourceVersion ?? '';
  if (demanded === '' || demanded === '0') {
    if (!rule.replace || (stored.strategy.allowUnconditionalUpdate ?? true)) return false;
    const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    // Upstream names the resource here where it names the kind elsewhere.
    throw newInvalid({ group: type.group, kind: type.resource }, name, [error]);
  }
  if (!/^\d+$/.test(demanded)) {
    throw newBadRequest(`strconv.ParseUint: parsing ${JSON.stringify(demanded)}: invalid syntax`);
  }
  if (demanded !== rule.old.metadata.resourceVersion) throw newConflict(type, name);
  return rule.replace;
}

/** The parts of an object that a kit that serves a status tells apart. */
type WithStatus = KubeObject & { status?: unknown };

/**
 * keepSystemFields brings everything that writers of the object or of a subresource do not set back
 * to what it was, once admission has had its say.
 */
export function keepSystemFields(
  stored: StoredResource,
  draft: WithStatus,
  old: WithStatus,
  subresource: string,
): void {
  if (subresource === 'status') keepAllButStatus(draft, old, stored.strategy.statusChangesMetadata);
  else if (stored.strategy.hasStatus && subresource === '') {
    if (old.status === undefined) delete draft.status;
    else draft.status = cloneJson(old.status);
  }
  keepMeta(draft, old);
}

/** KEPT_APART are the fields that a write of the status does not simply take over from before. */
const KEPT_APART: ReadonlySet<string> = new Set(['metadata', 'status']);

function keepAllButStatus(
  draft: WithStatus,
  old: WithStatus,
  changesMetadata: boolean | undefined,
): void {
  const [fields, before] = [draft, old] as unknown as [
    Record<string, unknown>,
    Readonly<Record<string, unknown>>,
  ];
  for (const name of Object.keys(fields)) if (!KEPT_APART.has(name)) delete fields[name];
  for (const name of Object.keys(before))
    if (!KEPT_APART.has(name)) fields[name] = cloneJson(before[name]);
  if (changesMetadata) return;
  const { managedFields } = draft.metadata;
  draft.metadata = cloneJson(old.metadata);
  if (managedFields) draft.metadata.managedFields = managedFields;
}

function keepMeta(draft: KubeObject, old: KubeObject): void {
  const meta = draft.metadata;
  const before = old.metadata;
  if (before.resourceVersion !== undefined) meta.resourceVersion = before.resourceVersion;
  if (before.uid !== undefined) meta.uid ||= before.uid;
  if (before.creationTimestamp !== undefined) meta.creationTimestamp = before.creationTimestamp;
  if (before.generation === undefined) delete meta.generation;
  else meta.generation = before.generation;
  if (before.deletionTimestamp === undefined) return;
  meta.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
  }
}
