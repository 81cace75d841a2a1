import { deepEqual } from '../../machinery/deep-equal.ts';
import type { DeleteOptions, ObjectMeta, Status } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newConflict, newNotFound } from '../../machinery/status-error.ts';
import { newSuccess } from '../../machinery/success.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { Entry } from '../cache/entry.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import { relativeKey } from '../storage-key.ts';
import { newAdmissionRequest } from './admission-request.ts';
import { cloneJson } from './clone.ts';
import { encodeDraft, readEntry, writeEntry } from './entries.ts';
import { checkNamespaceDelete } from './namespace-check.ts';
import { admitMutating, admitValidating, type StoredResource } from './registry.ts';
import type { Turn } from './turns.ts';
import { wireForm } from './wire-form.ts';

const MAX_ATTEMPTS = 100;

/** deleteObject deletes an object, or begins its deletion. Answers a Status, or the object. */
export async function deleteObject(
  stored: StoredResource,
  name: string,
  asked: DeleteOptions,
  context: OperationContext,
): Promise<Payload> {
  checkNamespaceDelete(stored.definition, name);
  const options = withPolicy(stored, asked, context);
  const first = await deleteNow(stored, name, options, context);
  if (first) return first;
  const key = stored.cache.prefix + relativeKey(context.namespace, name);
  return stored.registry.turns.take(key, (turn) =>
    deleteInTurn(stored, name, options, { context, turn }),
  );
}

/** withPolicy orphans where that is what the kind does by default, and warns of it. */
export function withPolicy(
  { strategy: { orphanWarning } }: StoredResource,
  options: DeleteOptions,
  context: OperationContext,
): DeleteOptions {
  if (orphanWarning === undefined || namesPolicy(options)) return options;
  context.warn(orphanWarning);
  return { ...options, propagationPolicy: 'Orphan' };
}

/** deleteInTurn is for a delete that lost against those who update: it would go on losing. */
async function deleteInTurn(
  stored: StoredResource,
  name: string,
  options: DeleteOptions,
  { context, turn }: { readonly context: OperationContext; readonly turn: Turn },
): Promise<Payload> {
  await turn.queued?.durable;
  for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const payload = await deleteNow(stored, name, options, context);
    if (payload) return payload;
  }
  throw newConflict(stored.definition.type, name);
}

/** deleteNow answers undefined when another writer was faster. */
async function deleteNow(
  stored: StoredResource,
  name: string,
  options: DeleteOptions,
  context: OperationContext,
): Promise<Payload | undefined> {
  const current = await readEntry(stored, context.namespace, name);
  if (!current) throw newNotFound(stored.definition.type, name);
  return deleteOnce(stored, current, options, context);
}

async function deleteOnce(
  stored: StoredResource,
  current: Entry,
  options: DeleteOptions,
  context: OperationContext,
): Promise<Payload | undefined> {
  checkPreconditions(stored, current.object, options);
  const { definition } = stored;
  const { namespace, name, object: old } = current;
  const facts = { definition, namespace, name, old, deleteOptions: options };
  const request = newAdmissionRequest('DELETE', facts, context);
  await admitMutating(stored.registry, request);
  await admitValidating(stored.registry, request);
  const draft = cloneJson(current.object);
  const plan = planDelete(stored, draft, options, context);
  if (plan === 'pending') return current;
  if (plan === 'remove') return remove(stored, current, context);
  if (plan === 'end') return markAndRemove(stored, current, draft, context);
  await stored.strategy.prepareForDelete?.(draft, context);
  return mark(stored, current, draft, context);
}

function checkPreconditions(
  stored: StoredResource,
  object: KubeObject,
  options: DeleteOptions,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { group, kind } = stored.definition.type;
  const meta = object.metadata;
  const conflict = (text: string) => newConflict({ group, resource: kind }, meta.name ?? '', text);
  if (uid !== undefined && uid !== meta.uid) {
    throw conflict(
      `the UID in the precondition (${uid}) does not match the UID in record (${meta.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== meta.resourceVersion) {
    throw conflict(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${meta.resourceVersion}). The object might have been modified`,
    );
  }
}

/**
 * DeletePlan is what a delete comes to: wait for the one under way, mark the object, remove it; or,
 * where a kind has a grace period and there is none left, first the one and then the other (`end`).
 */
type DeletePlan = 'pending' | 'mark' | 'remove' | 'end';

/** planDelete decides, and changes the draft's metadata for a mark. */
function planDelete(
  stored: StoredResource,
  draft: KubeObject,
  options: DeleteOptions,
  context: OperationContext,
): DeletePlan {
  const meta = draft.metadata;
  const { holdsDeletion } = stored.strategy;
  if (meta.deletionTimestamp !== undefined && holdsDeletion?.(draft)) return 'pending';
  const isEnded = meta.deletionTimestamp !== undefined && !meta.deletionGracePeriodSeconds;
  const grace = planGrace(stored, draft, options, context);
  if (grace === 'pending' && !changesFinalizers(meta, options)) return 'pending';
  const hadFinalizers = setFinalizers(meta, options);
  const held = holdsDeletion?.(draft) ?? false;
  if (grace === 'pending') return 'mark';
  if (hadFinalizers || held || grace > 0) {
    meta.deletionTimestamp ??= timestampOf(context.now);
    meta.deletionGracePeriodSeconds ??= grace;
    return 'mark';
  }
  return stored.strategy.gracePeriodSeconds === undefined || isEnded ? 'remove' : 'end';
}

/** planGrace answers the grace period in seconds, after it marked the draft for one; or `pending`. */
function planGrace(
  stored: StoredResource,
  draft: KubeObject,
  options: DeleteOptions,
  context: OperationContext,
): number | 'pending' {
  const meta = draft.metadata;
  const requested = options.gracePeriodSeconds;
  const asked = requested !== undefined && requested < 0 ? 1 : requested;
  if (meta.deletionTimestamp !== undefined) return shortenGrace(meta, asked, context.now);
  const wanted = asked === undefined ? options : { ...options, gracePeriodSeconds: asked };
  bumpGeneration(stored, meta);
  const period = stored.strategy.gracePeriodSeconds?.(draft, wanted);
  if (period === undefined) return 0;
  meta.deletionTimestamp = timestampOf(new Date(context.now.getTime() + period * 1000));
  meta.deletionGracePeriodSeconds = period;
  return period;
}

function bumpGeneration(stored: StoredResource, meta: ObjectMeta): void {
  if (stored.strategy.hasGeneration && meta.generation !== undefined) meta.generation += 1;
}

function shortenGrace(meta: ObjectMeta, asked: number | undefined, now: Date): number | 'pending' {
  const current = meta.deletionGracePeriodSeconds ?? 0;
  if (current === 0) return 0;
  if (asked === undefined || asked >= current) return 'pending';
  const began = Date.parse(meta.deletionTimestamp ?? '') - current * 1000;
  const ends = began + asked * 1000;
  const late = ends < now.getTime();
  meta.deletionTimestamp = timestampOf(late ? now : new Date(ends));
  // A grace period that has run out already still leaves the last word to the one who ends it.
  meta.deletionGracePeriodSeconds = late && asked > 0 ? 1 : asked;
  return meta.deletionGracePeriodSeconds;
}

/** namesPolicy tells whether a delete says itself what becomes of dependents. */
function namesPolicy(options: DeleteOptions): boolean {
  return options.orphanDependents !== undefined || (options.propagationPolicy ?? '') !== '';
}

function wantedPolicy(options: DeleteOptions): 'orphan' | 'foreground' | 'background' | 'keep' {
  if (options.orphanDependents !== undefined) {
    return options.orphanDependents ? 'orphan' : 'background';
  }
  if (options.propagationPolicy === 'Orphan') return 'orphan';
  if (options.propagationPolicy === 'Foreground') return 'foreground';
  return options.propagationPolicy === 'Background' ? 'background' : 'keep';
}

function finalizersFor(meta: ObjectMeta, options: DeleteOptions): string[] {
  const current = meta.finalizers ?? [];
  const policy = wantedPolicy(options);
  if (policy === 'keep') return [...current];
  const others = current.filter((one) => one !== 'orphan' && one !== 'foregroundDeletion');
  if (policy === 'orphan') others.push('orphan');
  if (policy === 'foreground') others.push('foregroundDeletion');
  return others;
}

function changesFinalizers(meta: ObjectMeta, options: DeleteOptions): boolean {
  const before = [...(meta.finalizers ?? [])].sort();
  return finalizersFor(meta, options).sort().join() !== before.join();
}

function setFinalizers(meta: ObjectMeta, options: DeleteOptions): boolean {
  const finalizers = finalizersFor(meta, options);
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  return finalizers.length > 0;
}

async function mark(
  stored: StoredResource,
  current: Entry,
  draft: KubeObject,
  context: OperationContext,
): Promise<Payload | undefined> {
  const formed = wireForm(stored.definition, draft);
  // Who deletes once more what only a finalizer holds changes nothing, and no watcher hears of it.
  if (deepEqual(formed, current.object)) return current;
  if (context.dryRun) return objectPayload(formed);
  const { namespace, name } = current;
  const put = await encodeDraft(stored, formed);
  const result = await writeEntry(stored, { namespace, name, put, replaces: current });
  return result.ok ? result.entry : undefined;
}

async function remove(
  stored: StoredResource,
  current: Entry,
  context: OperationContext,
): Promise<Payload | undefined> {
  if (context.dryRun) return removedPayload(stored, current);
  const { namespace, name } = current;
  const result = await writeEntry(stored, { namespace, name, put: null, replaces: current });
  if (!result.ok) return undefined;
  await stored.strategy.afterDelete?.(current.object);
  return removedPayload(stored, result.entry);
}

/** markAndRemove shows watchers the object without a grace period before it goes, as upstream does. */
async function markAndRemove(
  stored: StoredResource,
  current: Entry,
  draft: KubeObject,
  context: OperationContext,
): Promise<Payload | undefined> {
  const marked = await mark(stored, current, draft, context);
  if (context.dryRun || !(marked instanceof Entry)) return marked;
  const removed = await remove(stored, marked, context);
  if (removed) return removed;
  // Who was faster may have removed it: that is what was asked for.
  return (await readEntry(stored, current.namespace, current.name)) ? undefined : marked;
}

function removedPayload(stored: StoredResource, entry: Entry): Payload {
  if (stored.strategy.returnsDeletedObject) return entry;
  const { group, resource } = stored.definition.type;
  const details: Status['details'] = { name: entry.name };
  if (group !== '') details.group = group;
  details.kind = resource;
  const { uid } = entry.object.metadata;
  if (uid !== undefined) details.uid = uid;
  return objectPayload(newSuccess({ details }));
}
