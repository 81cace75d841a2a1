import { deepEqual } from '../../machinery/deep-equal.ts';
import type { FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newConflict, newInvalid, newNotFound } from '../../machinery/status-error.ts';
import type { CacheWrite, CacheWriteResult } from '../cache/cache-hub.ts';
import type { Entry } from '../cache/entry.ts';
import type { AdmissionRequest } from '../contracts.ts';
import { trackUpdate } from '../fields/managed-fields.ts';
import { changesElsewhere } from '../fields/other-versions.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import { relativeKey } from '../storage-key.ts';
import { type AdmissionFacts, newAdmissionRequest } from './admission-request.ts';
import { dropSecondOwners } from './admitted-metadata.ts';
import { createObject, updaterOf } from './create-object.ts';
import { encodeDraft, readEntry, servedEntry, writeEntry } from './entries.ts';
import { bumpGeneration } from './generation.ts';
import { checkNamespaceKept } from './namespace-check.ts';
import { admitMutating, admitValidating, kindInErrors, type StoredResource } from './registry.ts';
import type { Queued, Turn } from './turns.ts';
import { checkIdentity, checkVersion, keepSystemFields, newOtherUid } from './update-identity.ts';
import { updatedMetaErrors } from './updated-meta.ts';
import { wireForm } from './wire-form.ts';

const MAX_ATTEMPTS = 20;

/**
 * Change makes the new object from the current one, which is frozen (undefined where there is
 * none and one may be created). Its answer is the kit's own to change. Called again after a lost race.
 */
export type Change = (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>;

/** ShownAs is the form in which admission sees an object that is written through `scale`. */
export interface ShownAs {
  facts(draft: KubeObject, old: KubeObject): Partial<AdmissionFacts>;
  /** take changes the draft to what admission made of the form that it saw. */
  take(shown: KubeObject, draft: KubeObject): void;
}

/** UpdateOptions says what is updated and under which rules. */
export interface UpdateOptions {
  /** Empty for the object itself; else `status` or another subresource of kind `update`. */
  readonly subresource: string;
  /** True for PUT: a resourceVersion may be demanded, and a missing object created. */
  readonly replace: boolean;
  /** True for PUT of a known version: it waits for nobody, since behind others it would be refused. */
  readonly demandsVersion?: boolean;
  /** True when a missing object is created whatever the strategy says: server-side apply. */
  readonly createMissing?: boolean;
  /** True for server-side apply and writes to a Scale: the draft says already who owns which fields. */
  readonly isApply?: boolean;
  /** Present where admission sees the object in another form. */
  readonly shown?: ShownAs;
}

/** UpdateResult is the state after the update. */
export interface UpdateResult {
  readonly payload: Payload;
  readonly created: boolean;
}

interface Update {
  readonly options: UpdateOptions;
  readonly context: OperationContext;
}

interface UpdateInTurn extends Update {
  /** Absent for those who wait for nobody. */
  readonly turn: Turn | undefined;
}

/**
 * updateObject changes a stored object when it is the writer's turn, and retries when another
 * writer was faster all the same: compare-and-set decides, turns only spare work done in vain.
 * What it changes may be what the writer before it has queued: then it succeeds, or is refused, only
 * when that is durable, and tries again on what is durable where that failed.
 */
export function updateObject(
  stored: StoredResource,
  name: string,
  change: Change,
  update: Update,
): Promise<UpdateResult> {
  const work = (turn?: Turn) => updateNow(stored, name, change, { ...update, turn });
  if (update.context.dryRun || update.options.demandsVersion) return work();
  const key = stored.cache.prefix + relativeKey(update.context.namespace, name);
  return stored.registry.turns.take(key, work);
}

/** standingOn answers what work came to; undefined where what it stood on never became durable. */
async function standingOn<T>(
  queued: Queued | undefined,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  if (!queued) return work();
  try {
    const result = await work();
    return (await queued.durable) ? result : undefined;
  } catch (error) {
    if (await queued.durable) throw error;
    return undefined;
  }
}

async function updateNow(
  stored: StoredResource,
  name: string,
  change: Change,
  update: UpdateInTurn,
): Promise<UpdateResult> {
  const { options, context, turn } = update;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const queued = attempt === 1 ? turn?.queued : undefined;
    const current = queued
      ? await servedEntry(stored, queued.entry)
      : await readEntry(stored, context.namespace, name);
    if (!current) {
      const mayCreate = options.replace && stored.strategy.allowCreateOnUpdate;
      const creates = options.subresource === '' && (mayCreate || options.createMissing);
      if (!creates) throw newNotFound(stored.definition.type, name);
      const draft = await change(undefined);
      const { uid } = draft.metadata;
      if (uid && options.replace) {
        const { namespace, dryRun } = context;
        throw newOtherUid(stored.definition, { name, namespace }, { uid, dryRun });
      }
      const created = await createObject(stored, draft, context, options.isApply);
      return { payload: created, created: true };
    }
    const payload = await standingOn(queued, () => updateOnce(stored, current, change, update));
    if (payload) return { payload, created: false };
  }
  throw newConflict(stored.definition.type, name);
}

async function updateOnce(
  stored: StoredResource,
  current: Entry,
  change: Change,
  update: UpdateInTurn,
): Promise<Payload | undefined> {
  const { options, context } = update;
  const old = current.object;
  const draft = await change(old);
  checkIdentity(stored, draft, { old, replace: options.replace, dryRun: context.dryRun });
  if (options.replace) dropSecondOwners(draft, context, 'sent');
  if (!options.isApply && !context.isPart) {
    const { registry, definition } = stored;
    const { subresource } = options;
    const elsewhere = await changesElsewhere(registry, definition, { draft, old, subresource });
    trackUpdate(definition, { draft, old, elsewhere }, updaterOf(context, subresource));
  }
  const ends: (() => void)[] = [];
  try {
    const states = { draft, old, name: current.name, ends };
    const request = await admit(stored, states, update);
    const demanded = checkVersion(stored, draft, { old, replace: options.replace });
    checkNamespaceKept(stored.definition, draft, context);
    keepSystemFields(stored, draft, old, options.subresource);
    await prepare(stored, states, update);
    await validate(stored, states, update);
    await admitValidating(stored.registry, request);
    return await writeChanged(stored, { current, draft, demanded }, update);
  } finally {
    for (const end of ends) end();
  }
}

/** writeChanged answers undefined when another writer was faster and this one may try again. */
async function writeChanged(
  stored: StoredResource,
  states: { readonly current: Entry; readonly draft: KubeObject; readonly demanded: boolean },
  { context, turn }: UpdateInTurn,
): Promise<Payload | undefined> {
  const { current, demanded } = states;
  const old = current.object;
  const draft = wireForm(stored.definition, states.draft);
  if (isSame(draft, old)) return current;
  if (mustGo(stored, draft, old)) return remove(stored, current, draft, context);
  const put = await encodeDraft(stored, draft);
  if (context.dryRun) return objectPayload(draft);
  const { namespace, name } = current;
  const { writing, queued } = queueWrite(stored, { namespace, name, put, replaces: current });
  if (queued) turn?.pass({ entry: queued, durable: isDurable(writing) });
  const result = await writing;
  if (result.ok) {
    await stored.strategy.afterUpdate?.(result.entry.object, old);
    return result.entry;
  }
  if (demanded) throw newConflict(stored.definition.type, name);
  return undefined;
}

/** queueWrite begins a write; `queued` is what the object will be, where the store knows it already. */
function queueWrite(
  stored: StoredResource,
  write: CacheWrite,
): { readonly writing: Promise<CacheWriteResult>; readonly queued: Entry | undefined } {
  let queued: Entry | undefined;
  const writing = writeEntry(stored, write, (entry) => {
    queued = entry;
  });
  return { writing, queued };
}

/** isDurable never rejects: who writes is told why a write failed, who stands on it only that it did. */
function isDurable(writing: Promise<CacheWriteResult>): Promise<boolean> {
  return writing.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** States are the object as it is and as it is to be. */
interface States {
  readonly draft: KubeObject;
  readonly old: KubeObject;
}

/** admit has mutating admission change the draft as it was sent, as upstream, and answers the request. */
async function admit(
  stored: StoredResource,
  states: States & { readonly name: string; readonly ends: (() => void)[] },
  { context, options }: Update,
): Promise<AdmissionRequest> {
  const { draft, old, name, ends } = states;
  const { definition, registry } = stored;
  const { subresource, shown } = options;
  const seen = shown?.facts(draft, old);
  const facts = { definition, subresource, name, object: draft, old, ...seen, ends };
  const request = newAdmissionRequest('UPDATE', facts, context);
  await admitMutating(registry, request);
  if (shown && request.object) shown.take(request.object, draft);
  return request;
}

async function prepare(
  stored: StoredResource,
  { draft, old }: States,
  { context, options }: Update,
): Promise<void> {
  const { strategy, definition } = stored;
  const { subresource } = options;
  const own = definition.subresources?.[subresource];
  if (subresource === '') await strategy.prepareForUpdate?.(draft, old, context);
  else if (own?.kind === 'update') await own.prepareForUpdate(draft, old, context);
  else await strategy.prepareForStatusUpdate?.(draft, old, context);
  bumpGeneration(stored, { draft, old }, subresource);
}

async function validate(
  stored: StoredResource,
  { draft, old }: States,
  { context, options }: Update,
): Promise<void> {
  const { strategy, definition } = stored;
  const { subresource } = options;
  const asked = strategy.checkOthers?.(draft, old, subresource);
  const others = asked ? await asked : [];
  const errors = [...others, ...validateUpdate(stored, draft, old, subresource)];
  if (errors.length > 0)
    throw newInvalid(kindInErrors(definition), draft.metadata.name ?? '', errors);
  for (const text of strategy.warnings?.(draft, old, subresource) ?? []) context.warn(text);
}

function validateUpdate(
  stored: StoredResource,
  draft: KubeObject,
  old: KubeObject,
  subresource: string,
): FieldError[] {
  const { strategy, definition } = stored;
  const errors = updatedMetaErrors(definition, { draft, old }, subresource);
  if (subresource === 'status') {
    return [...errors, ...(strategy.validateStatusUpdate?.(draft, old) ?? [])];
  }
  if (subresource !== '') {
    const served = definition.subresources?.[subresource];
    const found = served?.kind === 'update' ? served.validateUpdate?.(draft, old) : undefined;
    return [...errors, ...(found ?? [])];
  }
  const own = strategy.ratchets ? [] : (strategy.validate?.(draft) ?? []);
  const again = strategy.validatesTwice ? own : [];
  return [...errors, ...own, ...again, ...(strategy.validateUpdate?.(draft, old) ?? [])];
}

function isSame(draft: KubeObject, old: KubeObject): boolean {
  const { metadata, ...rest } = draft;
  const { metadata: oldMetadata, ...oldRest } = old;
  const { resourceVersion: _new, ...meta } = metadata;
  const { resourceVersion: _old, ...oldMeta } = oldMetadata;
  return deepEqual(meta, oldMeta) && deepEqual(rest, oldRest);
}

function mustGo(stored: StoredResource, draft: KubeObject, old: KubeObject): boolean {
  return (
    old.metadata.deletionTimestamp !== undefined &&
    (draft.metadata.finalizers ?? []).length === 0 &&
    (draft.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    !stored.strategy.holdsDeletion?.(draft)
  );
}

async function remove(
  stored: StoredResource,
  current: Entry,
  draft: KubeObject,
  context: OperationContext,
): Promise<Payload | undefined> {
  if (context.dryRun) return objectPayload(draft);
  const { namespace, name } = current;
  const result = await writeEntry(stored, { namespace, name, put: null, replaces: current });
  if (!result.ok) return undefined;
  await stored.strategy.afterDelete?.(current.object);
  return objectPayload(draft);
}
