import { semanticEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { sortedKeys } from '../../../machinery/go-json.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity, quantityValue } from '../../../machinery/quantity.ts';
import { unifiedDiff } from '../../../machinery/unified-diff.ts';
import { goEqual, internalText, schemaOf } from '../../schema/index.ts';
import { nodeSelectorTermWarnings, validateNodeSelector } from './node-selector-validation.ts';
import { validateVolumeSource, volumeSourceOf } from './persistent-volume-source.ts';
import type { PersistentVolume, PersistentVolumeSpec } from './types.ts';
import { immutable, texts } from './validation-rules.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
const VOLUME_MODES = ['Block', 'Filesystem'];

/** validateAccessModes checks the ways in which a volume is mounted; `missing` says that there are none. */
export function validateAccessModes(
  modes: readonly string[],
  path: string,
  missing: string,
): FieldError[] {
  const errors = modes.length === 0 ? [required(path, missing)] : [];
  const known = modes.filter((mode) => ACCESS_MODES.includes(mode));
  for (const mode of modes)
    if (!known.includes(mode)) errors.push(notSupported(path, mode, ACCESS_MODES));
  const single = known.includes('ReadWriteOncePod');
  if (single && known.some((mode) => mode !== 'ReadWriteOncePod'))
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

/** validateVolumeMode checks whether a volume is used as file system or as block device. */
export function validateVolumeMode(mode: string | undefined, path: string): FieldError[] {
  const wrong = mode !== undefined && !VOLUME_MODES.includes(mode);
  return wrong ? [notSupported(path, mode, VOLUME_MODES)] : [];
}

/** className checks a reference to a class that is an object of its own. */
export function className(path: string, name: string | undefined): FieldError[] {
  return name ? texts(path, name, dnsSubdomainErrors(name)) : [];
}

function capacityErrors(capacity: Readonly<Record<string, string>>, path: string): FieldError[] {
  const names = Object.keys(capacity);
  const errors = names.length === 0 ? [required(path)] : [];
  if (capacity.storage === undefined || names.length > 1)
    errors.push(notSupported(path, names.length === 0 ? null : sortedKeys(capacity), ['storage']));
  for (const [name, text] of Object.entries(capacity)) {
    if (!isQuantity(text)) continue;
    const at = keyPath(path, name);
    const amount = parseQuantity(text);
    if (quantityValue(amount) < 0)
      errors.push(invalid(at, quantityValue(amount), 'must be a valid resource quantity'));
    if (amount.nano <= 0n) errors.push(invalid(at, text, 'must be greater than zero'));
  }
  return errors;
}

function affinityErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  if (spec.nodeAffinity === undefined) return [];
  const { required: selector } = spec.nodeAffinity;
  if (selector === undefined)
    return [required(`${path}.required`, 'must specify required node constraints')];
  return validateNodeSelector(selector, `${path}.required`);
}

function attributesClassErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return [];
  const at = `${path}.volumeAttributesClassName`;
  const errors =
    name === '' ? [required(at, 'an empty string is disallowed')] : className(at, name);
  if (spec.csi === undefined)
    errors.push(
      required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName'),
    );
  return errors;
}

function specErrors(spec: PersistentVolumeSpec): FieldError[] {
  const path = 'spec';
  const policy = spec.persistentVolumeReclaimPolicy;
  const errors = [
    ...validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`, ''),
    ...capacityErrors(spec.capacity ?? {}, `${path}.capacity`),
  ];
  const policyPath = `${path}.persistentVolumeReclaimPolicy`;
  if (policy && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported(policyPath, policy, RECLAIM_POLICIES));
  errors.push(...affinityErrors(spec, `${path}.nodeAffinity`), ...validateVolumeSource(spec, path));
  if (spec.hostPath && /^\/+$/.test(spec.hostPath.path) && policy === 'Recycle')
    errors.push(forbidden(policyPath, "may not be 'recycle' for a hostPath mount of '/'"));
  return [
    ...errors,
    ...className(`${path}.storageClassName`, spec.storageClassName),
    ...validateVolumeMode(spec.volumeMode, `${path}.volumeMode`),
    ...attributesClassErrors(spec, path),
  ];
}

/** validateInlineVolume checks a volume that is written into a VolumeAttachment: CSI only. */
export function validateInlineVolume(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const inline = 'in the context of inline volumes';
  const errors: FieldError[] = [];
  const refuse = (field: keyof PersistentVolumeSpec) =>
    errors.push(forbidden(`${path}.${field}`, `may not be specified ${inline}`));
  if (spec.claimRef) refuse('claimRef');
  if (Object.keys(spec.capacity ?? {}).length > 0) refuse('capacity');
  if (!spec.csi) errors.push(required(`${path}.csi`, `has to be specified ${inline}`));
  errors.push(...validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`, ''));
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy && policy !== 'Retain')
    errors.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${inline}`));
  if (spec.nodeAffinity) refuse('nodeAffinity');
  errors.push(...validateVolumeSource(spec, path));
  if (spec.storageClassName) refuse('storageClassName');
  if (spec.volumeMode !== undefined && spec.volumeMode !== 'Filesystem')
    errors.push(
      forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${inline}`),
    );
  return [...errors, ...attributesClassErrors(spec, path)];
}

const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';
const WITHOUT_MOUNT_OPTIONS = [
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'hostPath',
  'local',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

/** validatePersistentVolume checks a volume. */
export function validatePersistentVolume(volume: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {};
  const errors = specErrors(spec);
  const types = Object.keys(volumeSourceOf(spec));
  const annotated = volume.metadata.annotations?.[MOUNT_OPTIONS] !== undefined;
  if (annotated && types.every((one) => WITHOUT_MOUNT_OPTIONS.includes(one)))
    errors.push(
      forbidden(
        `metadata.annotations.${MOUNT_OPTIONS}`,
        'may not specify mount options for this volume type',
      ),
    );
  return errors;
}

function comparableSource(spec: PersistentVolumeSpec, old: PersistentVolumeSpec) {
  const source = volumeSourceOf(spec);
  if (old.csi === undefined || old.csi.controllerExpandSecretRef !== undefined || !spec.csi)
    return source;
  const { controllerExpandSecretRef: _added, ...csi } = spec.csi;
  return { ...source, csi };
}

/** validatePersistentVolumeUpdate keeps what a volume is and where it can be reached from. */
export function validatePersistentVolumeUpdate(
  volume: PersistentVolume,
  old: PersistentVolume,
): FieldError[] {
  const [spec, before] = [volume.spec ?? {}, old.spec ?? {}];
  const errors: FieldError[] = [];
  const schema = schemaOf('io.k8s.api.core.v1.PersistentVolumeSpec');
  if (!goEqual(schema, comparableSource(spec, before), volumeSourceOf(before))) {
    const detail = 'spec.persistentvolumesource is immutable after creation';
    const [was, now] = [before, spec].map((one) =>
      internalText('core.PersistentVolumeSource', one),
    );
    const difference = unifiedDiff(was ?? '', now ?? '');
    errors.push(forbidden('spec.persistentvolumesource', `${detail}\n${difference}`));
  }
  errors.push(...immutable('volumeMode', spec.volumeMode, before.volumeMode));
  if (before.nodeAffinity && !semanticEqual(spec.nodeAffinity, before.nodeAffinity)) {
    const detail = 'field is immutable, except for updating from beta label to GA';
    errors.push(invalid('nodeAffinity', spec.nodeAffinity ?? null, detail));
  }
  if (
    before.volumeAttributesClassName !== undefined &&
    spec.volumeAttributesClassName === undefined
  )
    errors.push(
      forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
    );
  return errors;
}

const ANNOTATION_WARNINGS: readonly (readonly [string, string])[] = [
  [
    'volume.beta.kubernetes.io/storage-class',
    'deprecated since v1.8; use "storageClassName" attribute instead',
  ],
  [MOUNT_OPTIONS, 'deprecated since v1.31; use "mountOptions" attribute instead'],
];
const SOURCE_WARNINGS: readonly (readonly [keyof PersistentVolumeSpec, string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** persistentVolumeWarnings names annotations, policies and types of volumes that should not be used. */
export function persistentVolumeWarnings(volume: PersistentVolume): string[] {
  const { annotations = {} } = volume.metadata;
  const spec = volume.spec ?? {};
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...ANNOTATION_WARNINGS.filter(([key]) => annotations[key] !== undefined).map(
      ([key, text]) => `${keyPath('metadata.annotations', key)}: ${text}`,
    ),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...terms.flatMap((term, index) =>
      nodeSelectorTermWarnings(
        term,
        indexPath('spec.nodeAffinity.required.nodeSelectorTerms', index),
      ),
    ),
    ...SOURCE_WARNINGS.filter(([name]) => spec[name] !== undefined).map(
      ([, shown, text]) => `spec.${shown}: ${text}`,
    ),
  ];
}
