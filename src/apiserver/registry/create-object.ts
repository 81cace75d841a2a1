import type { KubeObject } from '../../machinery/object.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newInvalid,
  StatusError,
} from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { type Manager, trackUpdate } from '../fields/managed-fields.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import { newAdmissionRequest } from './admission-request.ts';
import { encodeDraft, writeEntry } from './entries.ts';
import { generateName } from './name-generator.ts';
import { checkNamespace } from './namespace-check.ts';
import { objectMetaErrors } from './object-meta.ts';
import { admitMutating, admitValidating, kindInErrors, type StoredResource } from './registry.ts';
import { wireForm } from './wire-form.ts';

const GENERATE_ATTEMPTS = 8;

/** updaterOf is the field manager of a write that is not an apply. */
export function updaterOf(context: OperationContext, subresource: string): Manager {
  const { fieldManager, now } = context;
  return { name: fieldManager, operation: 'Update', subresource, now };
}

/** NOT_FOR_CLIENTS are the fields of metadata that a new object does not take over. */
const NOT_FOR_CLIENTS = [
  'resourceVersion',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** fillSystemFields sets what only the server decides about a new object. */
export function fillSystemFields(
  stored: StoredResource,
  draft: KubeObject,
  context: OperationContext,
): void {
  const { metadata } = draft;
  if (stored.definition.type.namespaced) metadata.namespace = context.namespace;
  for (const name of NOT_FOR_CLIENTS) if (name in metadata) delete metadata[name];
  metadata.uid = stored.registry.newUid();
  metadata.creationTimestamp = timestampOf(context.now);
  if (stored.strategy.hasGeneration) metadata.generation = 1;
}

/**
 * createObject stores a new object. `isApply`: the draft says already who owns which fields. The draft is the kit's own: decoded, defaulted, and not used
 * by anyone else. Answers what was stored, or would have been with dry-run.
 */
export async function createObject(
  stored: StoredResource,
  draft: KubeObject,
  context: OperationContext,
  isApply = false,
): Promise<Payload> {
  const { definition, registry } = stored;
  const generated = !draft.metadata.name && draft.metadata.generateName;
  const target = { name: draft.metadata.name ?? '', namespace: context.namespace };
  checkNamespace(registry.hub, definition, target);
  const isVersioned = (draft.metadata.resourceVersion ?? '') !== '';
  fillSystemFields(stored, draft, context);
  if (!isApply) trackUpdate(definition, { draft, old: undefined }, updaterOf(context, ''));
  for (let attempt = 1; ; attempt += 1) {
    if (generated) draft.metadata.name = generateName(generated, registry.random);
    const last = !generated || attempt >= GENERATE_ATTEMPTS;
    const written = await createOnce(stored, { draft, isVersioned }, context);
    if (written !== 'exists') return written;
    if (last) throw alreadyExists(stored, draft);
  }
}

async function createOnce(
  stored: StoredResource,
  { draft, isVersioned }: { readonly draft: KubeObject; readonly isVersioned: boolean },
  context: OperationContext,
): Promise<Payload | 'exists'> {
  const { strategy } = stored;
  await strategy.prepareForCreate?.(draft, context);
  let created = false;
  const ends: (() => void)[] = [];
  try {
    await admitAndValidate(stored, { draft, ends }, context);
    // Upstream's store says so, when all else is well.
    if (isVersioned) {
      throw newBadRequest('resourceVersion should not be set on objects to be created');
    }
    const payload = await store(stored, draft, context);
    if (payload === 'exists') return payload;
    created = !context.dryRun;
    return payload;
  } finally {
    for (const end of ends) end();
    if (!created) strategy.undoCreate?.(draft);
  }
}

/** Admission does not put an object elsewhere. Throws 400. */
function checkPlace(
  { type }: StoredResource['definition'],
  { metadata }: KubeObject,
  { namespace }: OperationContext,
): void {
  if (!type.namespaced || metadata.namespace === namespace) return;
  throw newBadRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

async function admitAndValidate(
  stored: StoredResource,
  { draft, ends }: { readonly draft: KubeObject; readonly ends: (() => void)[] },
  context: OperationContext,
): Promise<void> {
  const { definition, registry, strategy } = stored;
  const facts = { definition, name: draft.metadata.name ?? '', object: draft, ends };
  const request = newAdmissionRequest('CREATE', facts, context);
  await admitMutating(registry, request);
  checkPlace(definition, draft, context);
  strategy.afterMutation?.(draft);
  const asked = strategy.checkOthers?.(draft, undefined, '');
  const errors = [
    ...(asked ? await asked : []),
    ...objectMetaErrors(definition, draft),
    ...(strategy.validate?.(draft) ?? []),
    ...(strategy.validateCreate?.(draft) ?? []),
  ];
  if (errors.length > 0)
    throw newInvalid(kindInErrors(definition), draft.metadata.name ?? '', errors);
  for (const text of strategy.warnings?.(draft, undefined, '') ?? []) context.warn(text);
  await admitValidating(registry, request);
}

async function store(
  stored: StoredResource,
  draft: KubeObject,
  context: OperationContext,
): Promise<Payload | 'exists'> {
  const { cache, strategy } = stored;
  const { name = '', namespace = '' } = draft.metadata;
  const formed = wireForm(stored.definition, draft);
  const put = await encodeDraft(stored, formed);
  if (context.dryRun) {
    return cache.get(namespace, name) ? 'exists' : objectPayload(formed);
  }
  const result = await writeEntry(stored, { namespace, name, put, replaces: undefined });
  if (!result.ok) return 'exists';
  await strategy.afterCreate?.(result.entry.object, context);
  return result.entry;
}

function alreadyExists(stored: StoredResource, draft: KubeObject): StatusError {
  const { name = '', namespace = '' } = draft.metadata;
  const error = newAlreadyExists(stored.definition.type, name);
  const current = stored.cache.get(namespace, name);
  if (current?.object.metadata.deletionTimestamp === undefined) return error;
  return new StatusError({
    ...error.status,
    message: `object is being deleted: ${error.status.message}`,
  });
}
