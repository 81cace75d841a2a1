import { invalid } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newBadRequest, newConflict, newInvalid } from '../../machinery/status-error.ts';
import { relativeKey } from '../storage-key.ts';
import { cloneJson } from './clone.ts';
import type { StoredResource } from './registry.ts';

/**
 * checkIdentity fills in the identity of the object that is written. A PUT of another uid is a conflict; a patch of
 * the uid is a change of an immutable field.
 */
export function checkIdentity(
  stored: StoredResource,
  draft: KubeObject,
  rule: { readonly old: KubeObject; readonly replace: boolean },
): void {
  const { old, replace } = rule;
  const { metadata } = draft;
  metadata.name ??= old.metadata.name ?? '';
  if (metadata.namespace === undefined && old.metadata.namespace !== undefined) {
    metadata.namespace = old.metadata.namespace;
  }
  const uid = old.metadata.uid ?? '';
  if (metadata.uid && metadata.uid !== uid) {
    const { definition, cache } = stored;
    const name = old.metadata.name ?? '';
    if (!replace) {
      const error = invalid('metadata.uid', metadata.uid, 'field is immutable');
      throw newInvalid(definition.type, name, [error]);
    }
    const key = `${cache.prefix}${relativeKey(old.metadata.namespace ?? '', name)}`;
    throw newConflict(
      definition.type,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`,
    );
  }
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

/**
 * keepSystemFields answers the draft of an update: what was changed, with everything that writers of
 * the object or of a subresource do not set as it was.
 */
export function keepSystemFields(
  stored: StoredResource,
  changed: KubeObject,
  old: KubeObject,
  subresource: string,
): KubeObject {
  let draft = changed as KubeObject & { status?: unknown };
  const before = old as KubeObject & { status?: unknown };
  if (subresource === 'status') {
    const { metadata } = changed;
    const managed = metadata.managedFields;
    draft = cloneJson(before);
    if (stored.strategy.statusChangesMetadata) draft.metadata = metadata;
    if ('status' in changed) draft.status = changed.status;
    else delete draft.status;
    if (managed) draft.metadata.managedFields = managed;
  } else if (stored.strategy.hasStatus && subresource === '') {
    if (before.status === undefined) delete draft.status;
    else draft.status = cloneJson(before.status);
  }
  keepMeta(draft, old);
  return draft;
}

function keepMeta(draft: KubeObject, old: KubeObject): void {
  const meta = draft.metadata;
  const before = old.metadata;
  delete meta.selfLink;
  if (before.resourceVersion !== undefined) meta.resourceVersion = before.resourceVersion;
  if (before.uid !== undefined) meta.uid = before.uid;
  if (before.creationTimestamp !== undefined) meta.creationTimestamp = before.creationTimestamp;
  if (before.generation === undefined) delete meta.generation;
  else meta.generation = before.generation;
  if (before.deletionTimestamp === undefined) return;
  meta.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
  }
}
