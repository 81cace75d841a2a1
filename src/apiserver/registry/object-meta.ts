import { semanticEqual } from '../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  required,
  tooLong,
} from '../../machinery/field-error.ts';
import type { ObjectMeta, OwnerReference } from '../../machinery/meta/v1.ts';
import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
} from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { ResourceDefinition, Strategy } from '../resource-definition.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;

type NameRule =
  | NonNullable<Strategy<KubeObject>['nameRule']>
  | ((name: string) => readonly string[]);
type NamedRule = Extract<NameRule, string>;

/** pathSegmentErrors: what a name must not be to fit into a path. */
function pathSegmentErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  const errors: string[] = [];
  if (name.includes('/')) errors.push("may not contain '/'");
  if (name.includes('%')) errors.push("may not contain '%'");
  return errors;
}

const NAME_RULES: Readonly<Record<NamedRule, (name: string) => readonly string[]>> = {
  subdomain: dnsSubdomainErrors,
  label: dnsLabelErrors,
  label1035: dns1035LabelErrors,
  pathSegment: pathSegmentErrors,
};

function nameErrors(wanted: NameRule, meta: ObjectMeta): FieldError[] {
  const rule = typeof wanted === 'function' ? wanted : NAME_RULES[wanted];
  const errors: FieldError[] = [];
  const { generateName = '', name = '' } = meta;
  if (generateName !== '') {
    // A base may end in a dash: characters will follow.
    const base = generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    for (const text of rule(base))
      errors.push(invalid('metadata.generateName', generateName, text));
  }
  if (name === '') {
    errors.push(required('metadata.name', 'name or generateName is required'));
  } else {
    for (const text of rule(name)) errors.push(invalid('metadata.name', name, text));
  }
  return errors;
}

function namespaceErrors(namespaced: boolean, namespace: string): FieldError[] {
  if (!namespaced) {
    return namespace === '' ? [] : [forbidden('metadata.namespace', 'not allowed on this type')];
  }
  if (namespace === '') return [required('metadata.namespace')];
  return dnsLabelErrors(namespace).map((text) => invalid('metadata.namespace', namespace, text));
}

function generationErrors(generation: number): FieldError[] {
  const text = 'must be greater than or equal to 0';
  return generation < 0 ? [invalid('metadata.generation', generation, text)] : [];
}

/** labelErrors checks a map of labels. */
function labelErrors(
  labels: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const text of labelKeyErrors(key)) errors.push(invalid(path, key, text));
    for (const text of labelValueErrors(value)) errors.push(invalid(path, value, text));
  }
  return errors;
}

function annotationErrors(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
    for (const text of labelKeyErrors(key.toLowerCase())) {
      errors.push(invalid('metadata.annotations', key, text));
    }
  }
  if (size > MAX_ANNOTATION_BYTES)
    errors.push(tooLong('metadata.annotations', MAX_ANNOTATION_BYTES));
  return errors;
}

const OWNERS = 'metadata.ownerReferences';

/** ownerErrors checks owners, in upstream's order. */
function ownerErrors(owners: readonly OwnerReference[]): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const owner of owners) {
    errors.push(...oneOwnerErrors(owner));
    if (!owner.controller) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller !== '') {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(OWNERS, owners.map(shownOwner), text));
    }
    controller ||= name;
  }
  return errors;
}

/** shownOwner is an owner as Go prints it: the required fields even when they are empty. */
function shownOwner(owner: OwnerReference) {
  return { ...{ apiVersion: '', kind: '', name: '', uid: '' }, ...owner };
}

function oneOwnerErrors(owner: OwnerReference): FieldError[] {
  const errors: FieldError[] = [];
  const { apiVersion = '', kind, name, uid } = owner;
  if (apiVersion.endsWith('/') || apiVersion === '') {
    errors.push(invalid(`${OWNERS}.apiVersion`, apiVersion, 'version must not be empty'));
  }
  if (!kind) errors.push(invalid(`${OWNERS}.kind`, kind ?? '', 'must not be empty'));
  if (!name) errors.push(invalid(`${OWNERS}.name`, name ?? '', 'must not be empty'));
  if (!uid) errors.push(invalid(`${OWNERS}.uid`, uid ?? '', 'must not be empty'));
  if (apiVersion === 'v1' && kind === 'Event') {
    errors.push(
      invalid(OWNERS, shownOwner(owner), '/v1, Kind=Event is disallowed from being an owner'),
    );
  }
  return errors;
}

const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function finalizerErrors(finalizers: readonly string[], plain: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const finalizer of finalizers) {
    for (const text of labelKeyErrors(finalizer)) {
      errors.push(invalid('metadata.finalizers', finalizer, text));
    }
  }
  if (!plain) errors.push(...standardFinalizerErrors(finalizers));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const text = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid('metadata.finalizers', finalizers, text));
  }
  return errors;
}

/** objectMetaErrors checks the metadata of an object that is to be stored. */
export function objectMetaErrors(definition: ResourceDefinition, object: KubeObject): FieldError[] {
  const { type, strategy } = definition;
  const plainFinalizers = strategy?.plainFinalizers;
  const nameRule = strategy?.nameErrors
    ? (name: string) => strategy.nameErrors?.(name, object) ?? []
    : (strategy?.nameRule ?? 'subdomain');
  const rules = { namespaced: type.namespaced, nameRule, plainFinalizers };
  return metadataErrors(rules, object.metadata);
}

/** looseMetaErrors checks metadata by the rules that an update of any kind keeps, whatever its names are like. */
export function looseMetaErrors({ type }: ResourceDefinition, object: KubeObject): FieldError[] {
  const rules = { namespaced: type.namespaced, nameRule: 'pathSegment' } as const;
  return metadataErrors({ ...rules, plainFinalizers: true }, object.metadata);
}

/** standardFinalizerErrors: a finalizer without a domain is one of Kubernetes' own. */
export function standardFinalizerErrors(finalizers: readonly string[]): FieldError[] {
  return finalizers.flatMap((finalizer, index) => {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return [];
    const text = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid(`metadata.finalizers[${index}]`, finalizer, text)];
  });
}

/** MetadataRules are what kinds differ in. */
export interface MetadataRules {
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
  readonly plainFinalizers?: boolean | undefined;
}

/** metadataErrors checks metadata by the rules of a kind; fields begin with `metadata.`. */
export function metadataErrors(rules: MetadataRules, meta: ObjectMeta): FieldError[] {
  return [
    ...nameErrors(rules.nameRule, meta),
    ...namespaceErrors(rules.namespaced, meta.namespace ?? ''),
    ...generationErrors(meta.generation ?? 0),
    ...labelErrors(meta.labels, 'metadata.labels'),
    ...annotationErrors(meta.annotations),
    ...ownerErrors(meta.ownerReferences ?? []),
    ...finalizerErrors(meta.finalizers ?? [], rules.plainFinalizers ?? false),
  ];
}

const IMMUTABLE = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp'] as const;

/** objectMetaUpdateErrors checks what an update may not change; unset fields were filled in before. */
export function objectMetaUpdateErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const meta = object.metadata;
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = new Set(old.metadata.finalizers);
    const added = (meta.finalizers ?? []).filter((one) => !before.has(one)).sort();
    if (added.length > 0) {
      const list = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
      const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      errors.push(forbidden('metadata.finalizers', text));
    }
  }
  for (const field of IMMUTABLE) {
    if (!semanticEqual(meta[field], old.metadata[field])) {
      errors.push(invalid(`metadata.${field}`, meta[field] ?? null, 'field is immutable'));
    }
  }
  if (meta.deletionGracePeriodSeconds !== old.metadata.deletionGracePeriodSeconds) {
    const value = meta.deletionGracePeriodSeconds ?? null;
    errors.push(invalid('metadata.deletionGracePeriodSeconds', value, 'field is immutable'));
  }
  return [
    ...errors,
    ...labelErrors(meta.labels, 'metadata.labels'),
    ...annotationErrors(meta.annotations),
    ...ownerErrors(meta.ownerReferences ?? []),
  ];
}
