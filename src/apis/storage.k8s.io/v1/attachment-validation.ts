import {
  type FieldError,
  forbidden,
  invalid,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors, rangeError } from '../../../machinery/names.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import { validateInlineVolume } from '../../core/v1/persistent-volume-validation.ts';
import type { PersistentVolumeSpec } from '../../core/v1/types.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { goEqual, internalForm, schemaOf } from '../../schema/index.ts';
import type { VolumeAttachment, VolumeAttachmentSource, VolumeError } from './types.ts';

const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 1024;
const SOURCE_TEXT = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function sourceErrors(source: VolumeAttachmentSource = {}): FieldError[] {
  const { inlineVolumeSpec, persistentVolumeName } = source;
  const path = 'spec.source';
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined)
    return [required(path, SOURCE_TEXT)];
  if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined)
    return [forbidden(path, SOURCE_TEXT)];
  if (inlineVolumeSpec !== undefined)
    return validateInlineVolume(inlineVolumeSpec, `${path}.inlineVolumeSpec`);
  return persistentVolumeName === ''
    ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')]
    : [];
}

function reportErrors(report: VolumeError | undefined, path: string): FieldError[] {
  const { message = '', errorCode = 0 } = report ?? {};
  const errors =
    message.length > MAX_MESSAGE_BYTES ? [tooLong(`${path}.message`, MAX_METADATA_BYTES)] : [];
  if (errorCode < 0)
    errors.push(invalid(`${path}.errorCode`, errorCode, rangeError(0, 2 ** 31 - 1)));
  return errors;
}

/** validateVolumeAttachment checks which volume is to be attached to which node. */
export function validateVolumeAttachment({ spec, status }: VolumeAttachment): FieldError[] {
  const { attacher = '', nodeName = '', source } = spec ?? {};
  const metadata = Object.entries(status?.attachmentMetadata ?? {});
  const size = metadata.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return [
    ...(attacher === '' ? [required('spec.attacher')] : []),
    ...sourceErrors(source),
    ...texts('spec.nodeName', nodeName, dnsSubdomainErrors(nodeName)),
    ...(size > MAX_METADATA_BYTES
      ? [tooLong('status.attachmentMetadata', MAX_METADATA_BYTES)]
      : []),
    ...reportErrors(status?.attachError, 'status.attachError'),
    ...reportErrors(status?.detachError, 'status.detachError'),
  ];
}

/** validateNewVolumeAttachment is stricter about names than upstream was before v1. */
export function validateNewVolumeAttachment({ spec }: VolumeAttachment): FieldError[] {
  const name = spec?.source?.persistentVolumeName;
  return [
    ...validateCsiDriverName('spec.attacher', spec?.attacher ?? ''),
    ...(name === undefined
      ? []
      : texts('spec.source.persistentVolumeName', name, dnsSubdomainErrors(name))),
  ];
}

const SPEC = schemaOf('io.k8s.api.storage.v1.VolumeAttachmentSpec');

/** shownSpec is the spec of a volume as upstream's texts show it. */
function shownSpec(spec: PersistentVolumeSpec): object {
  return {
    Capacity: spec.capacity ?? null,
    ...internalForm('core.PersistentVolumeSource', spec),
    AccessModes: spec.accessModes ?? null,
    ClaimRef: spec.claimRef ? internalForm('core.ObjectReference', spec.claimRef) : null,
    PersistentVolumeReclaimPolicy: spec.persistentVolumeReclaimPolicy ?? '',
    StorageClassName: spec.storageClassName ?? '',
    MountOptions: spec.mountOptions ?? null,
    VolumeMode: spec.volumeMode ?? null,
    NodeAffinity: spec.nodeAffinity
      ? {
          Required: spec.nodeAffinity.required
            ? internalForm('core.NodeSelector', spec.nodeAffinity.required)
            : null,
        }
      : null,
    VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
  };
}

/** validateVolumeAttachmentUpdate checks again and keeps the spec. */
export function validateVolumeAttachmentUpdate(
  one: VolumeAttachment,
  old: VolumeAttachment,
): FieldError[] {
  const errors = validateVolumeAttachment(one);
  if (goEqual(SPEC, one.spec, old.spec)) return errors;
  const { attacher, nodeName, source } = one.spec;
  const printed = {
    Attacher: attacher,
    Source: {
      PersistentVolumeName: source.persistentVolumeName ?? null,
      InlineVolumeSpec: source.inlineVolumeSpec ? shownSpec(source.inlineVolumeSpec) : null,
    },
    NodeName: nodeName,
  };
  return [...errors, invalid('spec', printed, 'field is immutable')];
}
