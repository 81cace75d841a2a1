import type { KubeObject } from '../../machinery/object.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newGenerateNameConflict,
  newInvalid,
  StatusError,
} from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import type { AdmissionRequest } from '../contracts.ts';
import { type Manager, trackUpdate } from '../fields/managed-fields.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import { newAdmissionRequest } from './admission-request.ts';
import { dropSecondOwners } from './admitted-metadata.ts';
import { encodeDraft, writeEntry } from './entries.ts';
import { generateName } from './name-generator.ts';
import { checkNamespace, checkNamespaceKept, nameToBe } from './namespace-check.ts';
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
  'creationTimestamp',
  'uid',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** wipeSystemFields takes out what only the server decides about a new object. */
function wipeSystemFields(
  { definition }: StoredResource,
  { metadata }: KubeObject,
  { namespace }: OperationContext,
): void {
  if (definition.type.namespaced) metadata.namespace = namespace;
  for (const name of NOT_FOR_CLIENTS) if (name in metadata) delete metadata[name];
}

/** fillSystemFields sets it, when admission has had its say. */
function fillSystemFields(
  { registry, strategy }: StoredResource,
  { metadata }: KubeObject,
  { now }: OperationContext,
): void {
  metadata.uid = registry.newUid();
  metadata.creationTimestamp = timestampOf(now);
  if (strategy.hasGeneration) metadata.generation = 1;
}

/**
 * createObject stores a new object. `isApply`: the draft says already who owns which fields. The draft is the kit's own: decoded, defaulted, and not used
 * by anyone else. Answers what was stored, or would have been with dry-run. As upstream, who owns
 * what is noted of the object as it was sent; then mutating admission changes it; then the strategy
 * prepares it, and it is checked.
 */
export async function createObject(
  stored: StoredResource,
  draft: KubeObject,
  context: OperationContext,
  isApply = false,
): Promise<Payload> {
  const { definition, registry } = stored;
  const name = draft.metadata.name ?? '';
  const target = { name: nameToBe(draft), namespace: context.namespace };
  checkNamespace(registry.hub, definition, target);
  wipeSystemFields(stored, draft, context);
  if (!isApply) {
    dropSecondOwners(draft, context, 'sent');
    trackUpdate(definition, { draft, old: undefined }, updaterOf(context, ''));
  }
  const ends: (() => void)[] = [];
  try {
    const facts = { definition, name, object: draft, ends };
    const request = newAdmissionRequest('CREATE', facts, context);
    await admitMutating(registry, request);
    return await createAdmitted(stored, { draft, request }, context);
  } finally {
    for (const end of ends) end();
  }
}

interface Admitted {
  readonly draft: KubeObject;
  readonly request: AdmissionRequest;
}

async function createAdmitted(
  stored: StoredResource,
  admitted: Admitted,
  context: OperationContext,
): Promise<Payload> {
  const { draft } = admitted;
  const { metadata } = draft;
  if (!metadata.name && metadata.generateName) {
    metadata.name = freeName(stored, metadata.generateName, context.namespace);
  }
  const written = await createOnce(stored, admitted, context);
  if (written === 'exists') throw alreadyExists(stored, draft);
  return written;
}

/** freeName is a name that nothing has, unless all that were tried are taken. */
function freeName({ cache, registry }: StoredResource, base: string, namespace: string): string {
  for (let attempt = 1; ; attempt += 1) {
    const name = generateName(base, registry.random);
    if (attempt >= GENERATE_ATTEMPTS || !cache.get(namespace, name)) return name;
  }
}

async function createOnce(
  stored: StoredResource,
  { draft, request }: Admitted,
  context: OperationContext,
): Promise<Payload | 'exists'> {
  const { definition, strategy } = stored;
  fillSystemFields(stored, draft, context);
  checkNamespaceKept(definition, draft, context);
  await strategy.prepareForCreate?.(draft, context);
  let created = false;
  try {
    await validate(stored, draft, context);
    await admitValidating(stored.registry, request);
    const payload = await store(stored, draft, context);
    if (payload === 'exists') return payload;
    created = !context.dryRun;
    return payload;
  } finally {
    if (!created) await strategy.undoCreate?.(draft);
  }
}

async function validate(
  { definition, strategy }: StoredResource,
  draft: KubeObject,
  context: OperationContext,
): Promise<void> {
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
}

/** isVersioned tells whether an object names a version to be stored as; what is no number counts for nothing. */
function isVersioned({ metadata }: KubeObject): boolean {
  const { resourceVersion = '' } = metadata;
  return /^\d+$/.test(resourceVersion) && /[1-9]/.test(resourceVersion);
}

async function store(
  stored: StoredResource,
  draft: KubeObject,
  context: OperationContext,
): Promise<Payload | 'exists'> {
  const { cache, strategy } = stored;
  const { name = '', namespace = '' } = draft.metadata;
  // As upstream, a dry run says nothing of a version that is set.
  if (!context.dryRun && 'resourceVersion' in draft.metadata) {
    if (isVersioned(draft))
      throw newBadRequest('resourceVersion should not be set on objects to be created');
    delete draft.metadata.resourceVersion;
  }
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
  const { type } = stored.definition;
  const error = draft.metadata.generateName
    ? newGenerateNameConflict(type, name)
    : newAlreadyExists(type, name);
  const current = stored.cache.get(namespace, name);
  if (current?.object.metadata.deletionTimestamp === undefined) return error;
  return new StatusError({
    ...error.status,
    message: `object is being deleted: ${error.status.message}`,
  });
}
