import { schemaOf } from '../../apis/schema/index.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import type { ManagedFieldsEntry, ObjectMeta } from '../../machinery/meta/v1.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { newBadRequest, newFailure, type StatusError } from '../../machinery/status-error.ts';
import { mergeConfiguration, pruneFields } from '../fields/apply-configuration.ts';
import { compareFields, fieldsOf } from '../fields/field-sets.ts';
import { difference, type FieldTree, LEAF, union } from '../fields/field-tree.ts';
import {
  changesFor,
  entriesBeforeApply,
  entryOf,
  type Manager,
  ownable,
  ownEntry,
  shapeOfDefinition,
  treeOfEntry,
  withEntry,
  withoutFields,
  withoutUnknown,
  writable,
} from '../fields/managed-fields.ts';
import { changesElsewhere } from '../fields/other-versions.ts';
import { problemsText, typedProblems } from '../fields/typed-problem.ts';
import { cloneJson } from '../registry/clone.ts';
import { plainBody, readSent } from '../request/decode-body.ts';
import { checkPlace, structureObject } from '../request/decode-object.ts';
import { parseWriteQuery } from '../request/write-query.ts';
import { parseYamlText, YamlTextError } from '../request/yaml-text.ts';
import { conflictsOf, newApplyConflict } from './apply-conflicts.ts';
import type { Call } from './call.ts';
import { KUBECTL, lastAppliedFields, syncLastApplied } from './last-applied.ts';

/**
 * readConfiguration reads the bytes of the applied configuration; what it answers makes sense of
 * them, once, and throws 400 and 422.
 */
export function readConfiguration(call: Call): Promise<() => JsonObject> {
  return readSent(call.request, (sent) =>
    configurationOf(call, 'bytes' in sent ? parseBody(call, sent.bytes) : sent.object),
  );
}

/** configurationOf takes what was sent, YAML or JSON, as a configuration. */
function configurationOf(call: Call, sent: unknown): JsonObject {
  const value = sent ?? {};
  if (!isJsonObject(value)) {
    const text = `cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`;
    throw newBadRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: ${text}`,
    );
  }
  checkType(call, value);
  value.metadata ??= {};
  const { managedFields } = isJsonObject(value.metadata) ? value.metadata : {};
  if (managedFields !== undefined && managedFields !== null) {
    throw newBadRequest('metadata.managedFields must be nil');
  }
  checkDeclared(call, value);
  return value;
}

function parseBody(call: Call, bytes: Buffer): unknown {
  try {
    const { value, duplicates } = parseYamlText(bytes.toString('utf8'));
    if (duplicates.length > 0) reportDuplicates(call, duplicates);
    return value;
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error;
    throw newBadRequest(`error decoding YAML: ${NOT_JSON}${error.message}`, error);
  }
}

const NOT_JSON = 'error converting YAML to JSON: ';

function reportDuplicates(call: Call, duplicates: readonly string[]): void {
  const { context } = call;
  if (context.fieldValidation === 'Ignore') return;
  const lines = duplicates.map((one) => `\n  ${one}`).join('');
  const text = `${NOT_JSON}yaml: unmarshal errors:${lines}`;
  if (context.fieldValidation === 'Strict') {
    throw newBadRequest(`error strict decoding YAML: ${text}`);
  }
  context.warn(text);
}

/** checkType demands kind and apiVersion: an apply names what it applies. */
function checkType(call: Call, value: JsonObject): void {
  const { form } = call.served;
  const { apiVersion = '', kind = '' } = value;
  if (apiVersion === apiVersionOf(form) && kind === form.kind) return;
  const text = String(apiVersion);
  const groupVersion = text.includes('/') ? text : `/${text}`;
  throw newBadRequest(`invalid object type: ${groupVersion}, Kind=${kind}`);
}

/** checkDeclared refuses fields and types that the schema does not have: nobody could own them. */
function checkDeclared(call: Call, value: JsonObject): void {
  const { form } = call.served;
  const text = form.structure
    ? form.structure.undeclared(value)
    : problemsText(typedProblems(schemaOf(form.definition), value));
  if (text === undefined) return;
  throw newUndeclared(`failed to create typed patch object (${aboutOf(call, value)}): ${text}`);
}

/** aboutOf says what is applied, as upstream's failures do. */
function aboutOf(call: Call, config: JsonObject): string {
  const { namespace = '', name = '' } = config.metadata as ObjectMeta;
  return `${namespace}/${name}; ${kindOf(call)}`;
}

function kindOf({ served }: Call): string {
  const { group, version, kind } = served.definition.type;
  return `${group}/${version}, Kind=${kind}`;
}

/** newUndeclared refuses what cannot be typed, in the words of upstream, which answers them with 500. */
function newUndeclared(message: string): StatusError {
  return newFailure({
    message,
    code: 422,
  });
}

/** applyChange makes the new object of an apply from the current one. */
export async function applyChange(
  call: Call,
  config: JsonObject,
  current: KubeObject | undefined,
): Promise<KubeObject> {
  const { definition } = call.served;
  const manager = managerOf(call);
  const shape = shapeOfDefinition(definition);
  const mine = (tree: FieldTree | undefined) => writable(definition, manager, ownable(tree));
  const owned = mine(fieldsOf(shape, config));
  const applied = fieldsOf(shape, config) ?? LEAF;
  const { subresource } = manager;
  const { now } = call.context;
  const entries = entriesBeforeApply(definition, current, { subresource, now });
  const { own, others } = ownEntry(definition, manager, entries);
  const merged = mergeConfiguration(shape, current, config);
  const pruned = prune(shape, merged, { own, others, applied });
  const changes = compareFields(shape, current ?? {}, pruned);
  const changed = mine(changes.changed);
  const { force } = parseWriteQuery(call.request, 'PatchOptions');
  const elsewhere =
    current &&
    (await changesElsewhere(call.registry, definition, {
      draft: pruned as KubeObject,
      old: current,
      subresource,
    }));
  const here = { changed, all: union(changed, mine(changes.removed)) };
  const changesTo = (other: ManagedFieldsEntry) => changesFor(other, elsewhere) ?? here;
  const known = withoutUnknown(others, elsewhere);
  if (!force) {
    const mayTake = manager.name === KUBECTL ? lastAppliedFields(shape, current) : undefined;
    const conflicts = conflictsOf(known, (other) => changesTo(other).changed, mayTake);
    if (conflicts.length > 0) throw newApplyConflict(conflicts);
  }
  const object = structured(call, pruned, config);
  const time = changesAnything(changed, current, pruned) ? manager.now : undefined;
  const kept = withoutFields(known, (other) => changesTo(other).all);
  // Who applies nothing that can be owned is not noted.
  const entry = owned && entryOf(definition, { ...manager, now: time }, owned);
  object.metadata.managedFields = entry ? withEntry(kept, entry, own) : kept;
  if (manager.name === KUBECTL) syncLastApplied(object, config);
  return object;
}

/** structured makes an object of what was merged; throws 400 where it is none, or belongs elsewhere. */
function structured(call: Call, merged: unknown, config: JsonObject): KubeObject {
  const { served, context, info } = call;
  const value = cloneJson(merged) as JsonObject;
  const failed = () =>
    `failed to convert new object (${aboutOf(call, config)}) to proper version: unable to convert unstructured object to ${kindOf(call)}: `;
  const object = structureObject(value, served.form, {
    context,
    findings: plainBody(value).findings,
    refuse: (text, cause) => newBadRequest(served.form.structure ? text : failed() + text, cause),
    keepsNulls: true,
  });
  const { namespaced } = served.definition.type;
  checkPlace(object, { namespaced, namespace: context.namespace, name: info.name });
  return object;
}

/** changesAnything: an apply that changes nothing but ownership does not set its entry's time. */
function changesAnything(
  changed: FieldTree | undefined,
  current: KubeObject | undefined,
  applied: unknown,
): boolean {
  return changed !== undefined || current === undefined || !deepEqual(current, applied);
}

/** managerOf is who applies. */
function managerOf(call: Call): Manager {
  const { fieldManager, now } = call.context;
  return { name: fieldManager, operation: 'Apply', subresource: call.info.subresource, now };
}

function prune(
  shape: ReturnType<typeof shapeOfDefinition>,
  merged: unknown,
  sets: {
    readonly own: ManagedFieldsEntry | undefined;
    readonly others: readonly ManagedFieldsEntry[];
    readonly applied: FieldTree;
  },
): unknown {
  if (!sets.own) return merged;
  const dropped = difference(treeOfEntry(sets.own), sets.applied);
  if (!dropped) return merged;
  const keep = sets.others.reduce<FieldTree | undefined>(
    (all, entry) => union(all, treeOfEntry(entry)),
    sets.applied,
  );
  return pruneFields(shape, merged, { last: dropped, keep });
}
