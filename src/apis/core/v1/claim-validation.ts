import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { unifiedDiff } from '../../../machinery/unified-diff.ts';
import { goEqual, internalText, schemaOf } from '../../schema/index.ts';
import { validateLabelSelector } from './label-selector-validation.ts';
import {
  className,
  validateAccessModes,
  validateVolumeMode,
} from './persistent-volume-validation.ts';
import { isLess } from './resource-list.ts';
import { isNativeResource } from './resource-names.ts';
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  TypedObjectReference,
} from './types.ts';
import { immutable, texts } from './validation-rules.ts';

/** CLASS_ANNOTATION named the class of a claim before spec.storageClassName did. */
export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

function requestErrors(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const at = keyPath(`${path}.resources`, 'storage');
  const text = spec.resources?.requests?.storage;
  if (text === undefined) return [required(at)];
  if (!isQuantity(text)) return [];
  return parseQuantity(text).nano > 0n ? [] : [invalid(at, text, 'must be greater than zero')];
}

function sourceErrors(source: TypedObjectReference, path: string): FieldError[] {
  const { apiGroup = '', kind = '', name = '', namespace = '' } = source;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.name`));
  if (kind === '') errors.push(required(`${path}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    const detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalid(path, kind, detail));
  }
  if (apiGroup !== '')
    errors.push(...texts(`${path}.apiGroup`, apiGroup, dnsSubdomainErrors(apiGroup)));
  if (namespace !== '')
    errors.push(...texts(`${path}.namespace`, namespace, dnsLabelErrors(namespace)));
  return errors;
}

/** validateClaimSpec checks what a claim, or the template of one, asks for. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  const modeErrors = validateAccessModes(
    modes,
    `${path}.accessModes`,
    'at least 1 access mode is required',
  );
  errors.push(
    ...(modes.length === 0 ? modeErrors : []),
    ...validateLabelSelector(spec.selector, `${path}.selector`),
    ...(modes.length === 0 ? [] : modeErrors),
    ...requestErrors(spec, path),
    ...className(`${path}.storageClassName`, spec.storageClassName),
    ...validateVolumeMode(spec.volumeMode, `${path}.volumeMode`),
  );
  if (dataSource !== undefined) errors.push(...sourceErrors(dataSource, `${path}.dataSource`));
  if (dataSourceRef !== undefined)
    errors.push(...sourceErrors(dataSourceRef, `${path}.dataSourceRef`));
  if (dataSource !== undefined && dataSourceRef !== undefined) {
    const same = (['apiGroup', 'kind', 'name'] as const).every(
      (field) => dataSource[field] === dataSourceRef[field],
    );
    if (!same) errors.push(invalid(path, {}, 'must match dataSourceRef'));
  }
  return [
    ...errors,
    ...className(`${path}.volumeAttributesClassName`, spec.volumeAttributesClassName),
  ];
}

/** validateClaim checks a claim. */
export function validateClaim(claim: PersistentVolumeClaim): FieldError[] {
  return validateClaimSpec(claim.spec ?? {}, 'spec');
}

/** What of a claim must stay as it was, given what may change once or while it is bound. */
function comparable(claim: PersistentVolumeClaim, old: PersistentVolumeClaim) {
  const [spec, before] = [claim.spec ?? {}, old.spec ?? {}];
  const bound = claim.status?.phase === 'Bound';
  const requests = { ...spec.resources?.requests };
  const size = before.resources?.requests?.storage;
  if (bound && size !== undefined) requests.storage = size;
  const annotation = old.metadata.annotations?.[CLASS_ANNOTATION];
  const setsClass =
    before.storageClassName === undefined &&
    spec.storageClassName !== undefined &&
    (annotation === undefined || annotation === spec.storageClassName);
  return {
    ...spec,
    resources: Object.keys(requests).length > 0 ? { ...spec.resources, requests } : spec.resources,
    volumeName: before.volumeName ? spec.volumeName : before.volumeName,
    storageClassName: setsClass ? undefined : spec.storageClassName,
    volumeAttributesClassName: bound
      ? before.volumeAttributesClassName
      : spec.volumeAttributesClassName,
  };
}

const SPEC = 'core.PersistentVolumeClaimSpec';
const SPEC_TEXT =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function attributesErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const [name, before] = [claim, old].map((one) => one.spec?.volumeAttributesClassName);
  if (name === before || old.status?.currentVolumeAttributesClassName === undefined) return [];
  const path = 'spec.volumeAttributesClassName';
  const detail = 'is forbidden when status.currentVolumeAttributesClassName is not nil';
  if (name === undefined) return [forbidden(path, `update to nil ${detail}`)];
  return name === '' ? [forbidden(path, `update to empty string ${detail}`)] : [];
}

/** validateClaimUpdate keeps what a claim asked for, but for a larger size once it is bound. */
export function validateClaimUpdate(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): FieldError[] {
  const errors: FieldError[] = [];
  const [annotation, before] = [claim, old].map(
    (one) => one.metadata.annotations?.[CLASS_ANNOTATION] ?? '',
  );
  if (annotation !== before)
    errors.push(
      invalid(`metadata.annotations.${CLASS_ANNOTATION}`, annotation, 'field is immutable'),
    );
  const [kept, was] = [comparable(claim, old), old.spec ?? {}];
  if (!goEqual(schemaOf('io.k8s.api.core.v1.PersistentVolumeClaimSpec'), kept, was)) {
    const [from, to] = [was, kept].map((one) => internalText(SPEC, one));
    const difference = unifiedDiff(from ?? '', to ?? '');
    errors.push(forbidden('spec', `${SPEC_TEXT}\n${difference}`));
  }
  const [size = '0', oldSize = '0'] = [claim, old].map(
    (one) => one.spec?.resources?.requests?.storage,
  );
  if (isQuantity(size) && isLess(size, oldSize)) {
    const capacity = old.status?.capacity?.storage ?? '0';
    const detail = 'field can not be less than status.capacity';
    if (!isLess(capacity, size)) errors.push(forbidden('spec.resources.requests.storage', detail));
  }
  errors.push(...immutable('volumeMode', claim.spec?.volumeMode, old.spec?.volumeMode));
  return [...errors, ...attributesErrors(claim, old)];
}

/** RESIZES are how far a claim's volume has grown. */
const RESIZES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
];

function amountErrors(path: string, text: string): FieldError[] {
  if (!isQuantity(text) || parseQuantity(text).nano >= 0n) return [];
  const amount = Number(parseQuantity(text).nano / 1_000_000_000n);
  return [invalid(path, amount, 'must be a valid resource quantity')];
}

/** Of Kubernetes' own resources a claim has storage only. */
function resourceErrors(path: string, name: string): FieldError[] {
  const errors = texts(path, name, labelKeyErrors(name));
  if (errors.length > 0 || !isNativeResource(name) || name === 'storage') return errors;
  return [notSupported(path, name, ['storage'])];
}

/** validateClaimStatus checks the amounts that a claim's status reports, and how far it has grown. */
export function validateClaimStatus({ status }: PersistentVolumeClaim): FieldError[] {
  const { capacity = {}, allocatedResourceStatuses = {}, allocatedResources = {} } = status ?? {};
  const resizing = 'status.allocatedResourceStatuses';
  const allocated = 'status.allocatedResources';
  return [
    ...Object.entries(capacity).flatMap(([name, text]) =>
      amountErrors(keyPath('status.capacity', name), text),
    ),
    ...Object.entries(allocatedResourceStatuses).flatMap(([name, resize]) => [
      ...resourceErrors(resizing, name),
      ...(RESIZES.includes(resize) ? [] : [notSupported(resizing, name, RESIZES)]),
    ]),
    ...Object.entries(allocatedResources).flatMap(([name, text]) => {
      const errors = resourceErrors(allocated, name);
      return errors.length > 0 ? errors : amountErrors(keyPath(allocated, name), text);
    }),
  ];
}

/** claimWarnings names an annotation that should not be used, and amounts of parts of bytes. */
export function claimWarnings(claim: PersistentVolumeClaim): string[] {
  const warnings: string[] = [];
  if (claim.metadata.annotations?.[CLASS_ANNOTATION] !== undefined) {
    const path = keyPath('metadata.annotations', CLASS_ANNOTATION);
    warnings.push(`${path}: deprecated since v1.8; use "storageClassName" attribute instead`);
  }
  for (const part of ['requests', 'limits'] as const) {
    const text = claim.spec?.resources?.[part]?.storage;
    if (text === undefined || !isQuantity(text)) continue;
    if (parseQuantity(text).nano % 1_000_000_000n === 0n) continue;
    const path = keyPath(`spec.resources.${part}`, 'storage');
    warnings.push(`${path}: fractional byte value "${text}" is invalid, must be an integer`);
  }
  return warnings;
}
