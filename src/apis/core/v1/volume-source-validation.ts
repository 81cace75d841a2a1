import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { isQuantity } from '../../../machinery/quantity.ts';
import { validateClaimSpec } from './claim-validation.ts';
import { validateCsiDriverName } from './persistent-volume-source.ts';
import { isNegative } from './resource-list.ts';
import {
  validateAzureDisk,
  validateFlocker,
  validateIscsi,
  validateQuobyte,
  validateStorageOs,
} from './shared-volume-sources.ts';
import type { Volume } from './types.ts';
import { annotationErrors, labelErrors, texts } from './validation-rules.ts';

/** Fields that a source of a volume must have, by the source and in upstream's names. */
const REQUIRED: Readonly<
  Record<string, { readonly name?: string; readonly fields: readonly string[] }>
> = {
  awsElasticBlockStore: { fields: ['volumeID'] },
  gcePersistentDisk: { name: 'persistentDisk', fields: ['pdName'] },
  glusterfs: { fields: ['endpoints', 'path'] },
  rbd: { fields: ['monitors', 'image'] },
  cephfs: { fields: ['monitors'] },
  azureFile: { fields: ['secretName', 'shareName'] },
  flexVolume: { fields: ['driver'] },
  gitRepo: { fields: ['repository'] },
  vsphereVolume: { fields: ['volumePath'] },
  photonPersistentDisk: { fields: ['pdID'] },
  portworxVolume: { fields: ['volumeID'] },
  scaleIO: { fields: ['gateway', 'system', 'volumeName'] },
};

function isMissing(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function emptyDirErrors({ emptyDir }: Volume, path: string): FieldError[] {
  const limit = emptyDir?.sizeLimit;
  if (limit === undefined || !isQuantity(limit) || !isNegative(limit)) return [];
  const detail = 'SizeLimit field must be a valid resource quantity';
  return [forbidden(`${path}.emptyDir.sizeLimit`, detail)];
}

function nfsErrors({ nfs }: Volume, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!nfs?.server) errors.push(required(`${path}.nfs.server`));
  if (!nfs?.path) errors.push(required(`${path}.nfs.path`));
  if (!nfs?.path?.startsWith('/'))
    errors.push(invalid(`${path}.nfs.path`, nfs?.path ?? '', 'must be an absolute path'));
  return errors;
}

function csiErrors({ csi }: Volume, path: string): FieldError[] {
  const { driver = '', nodePublishSecretRef: secret } = csi ?? {};
  const errors = validateCsiDriverName(`${path}.csi.driver`, driver);
  if (secret === undefined) return errors;
  const { name = '' } = secret;
  if (name === '') return [...errors, required(`${path}.csi.nodePublishSecretRef.name`)];
  return [...errors, ...texts(`${path}.csi.name`, name, dnsSubdomainErrors(name))];
}

/** What the metadata of the template of a claim may have. */
const TEMPLATE_META = new Set(['labels', 'annotations']);

/** validateTemplateMeta checks the metadata of what claims are made of; upstream names fields as Go does. */
export function validateTemplateMeta(metadata: object, path: string): FieldError[] {
  const { labels, annotations } = metadata as ObjectMeta;
  return [
    ...annotationErrors(`${path}.annotations`, annotations),
    ...labelErrors(`${path}.labels`, labels),
    ...Object.keys(metadata)
      .filter((field) => !TEMPLATE_META.has(field))
      .map((field) => forbidden(`${path}.${field === 'uid' ? 'uID' : field}`, 'cannot be set')),
  ];
}

function ephemeralErrors({ ephemeral }: Volume, path: string): FieldError[] {
  const at = `${path}.ephemeral.volumeClaimTemplate`;
  const template = ephemeral?.volumeClaimTemplate;
  if (template === undefined) return [required(at)];
  return [
    ...validateTemplateMeta(template.metadata ?? {}, `${at}.metadata`),
    ...validateClaimSpec(template.spec ?? {}, `${at}.spec`),
  ];
}

function cinderErrors({ cinder }: Volume, path: string): FieldError[] {
  const errors = cinder?.volumeID ? [] : [required(`${path}.cinder.volumeID`)];
  const unnamed = cinder?.secretRef !== undefined && !cinder.secretRef.name;
  return unnamed ? [...errors, required(`${path}.cinder.secretRef.name`)] : errors;
}

function fibreErrors({ fc }: Volume, path: string): FieldError[] {
  const { targetWWNs = [], wwids = [], lun } = fc ?? {};
  const at = `${path}.fc`;
  if (targetWWNs.length === 0 && wwids.length === 0) {
    const detail = 'must specify either targetWWNs or wwids, but not both';
    return [required(`${at}.targetWWNs`, detail)];
  }
  if (targetWWNs.length > 0 && wwids.length > 0)
    return [
      invalid(
        `${at}.targetWWNs`,
        targetWWNs,
        'targetWWNs and wwids can not be specified simultaneously',
      ),
    ];
  if (targetWWNs.length > 0 && lun === undefined)
    return [required(`${at}.lun`, 'lun is required if targetWWNs is specified')];
  return [];
}

const CHECKS: Readonly<Record<string, (volume: Volume, path: string) => FieldError[]>> = {
  emptyDir: emptyDirErrors,
  nfs: nfsErrors,
  csi: csiErrors,
  ephemeral: ephemeralErrors,
  fc: fibreErrors,
  cinder: cinderErrors,
  azureDisk: ({ azureDisk }, path) => validateAzureDisk(azureDisk ?? {}, `${path}.azureDisk`),
  iscsi: ({ iscsi }, path) => validateIscsi(iscsi ?? {}, `${path}.iscsi`),
  quobyte: ({ quobyte }, path) => validateQuobyte(quobyte ?? {}, `${path}.quobyte`),
  storageos: ({ storageos }, path) => validateStorageOs(storageos ?? {}, `${path}.storageos`),
  flocker: ({ flocker }, path) => validateFlocker(flocker ?? {}, `${path}.flocker`),
};

/** Only disks of clouds have partitions. */
function partitionErrors(partition: unknown, path: string): FieldError[] {
  if (typeof partition !== 'number' || (partition >= 0 && partition <= 255)) return [];
  return [invalid(path, partition, 'must be between 1 and 255, inclusive')];
}

/** validateOtherSource checks the sources of volumes that nodes mount by a driver, at a volume's path. */
export function validateOtherSource(volume: Volume, path: string): FieldError[] {
  const type = Object.keys(volume).find((key) => key !== 'name') ?? '';
  const check = CHECKS[type];
  if (check) return check(volume, path);
  const { name = type, fields } = REQUIRED[type] ?? { fields: [] };
  const source: Record<string, unknown> = { ...(volume[type as keyof Volume] as object) };
  return [
    ...fields
      .filter((field) => isMissing(source[field]))
      .map((field) => required(`${path}.${name}.${field}`)),
    ...partitionErrors(source.partition, `${path}.${name}.partition`),
  ];
}
