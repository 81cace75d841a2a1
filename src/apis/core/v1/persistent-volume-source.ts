import {
  type FieldError,
  forbidden,
  invalid,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../../machinery/names.ts';
import { noBacksteps, validateHostPath } from './host-path-validation.ts';
import {
  validateAzureDisk,
  validateIscsi,
  validateQuobyte,
  validateStorageOs,
} from './shared-volume-sources.ts';
import type { CSIPersistentVolumeSource, PersistentVolumeSpec, SecretReference } from './types.ts';
import { texts } from './validation-rules.ts';

const MAX_DRIVER_BYTES = 63;

/** validateCsiDriverName checks the name under which a CSI driver registers. */
export function validateCsiDriverName(path: string, name: string): FieldError[] {
  return [
    ...(name === '' ? [required(path)] : []),
    ...(name.length > MAX_DRIVER_BYTES ? [tooLong(path, MAX_DRIVER_BYTES)] : []),
    ...texts(path, name, dnsSubdomainErrors(name.toLowerCase())),
  ];
}

function secretErrors(path: string, reference: SecretReference | undefined): FieldError[] {
  if (reference === undefined) return [];
  const { name = '', namespace = '' } = reference;
  return [
    ...(name === '' ? [required(`${path}.name`)] : []),
    ...(namespace === ''
      ? [required(`${path}.namespace`)]
      : texts(`${path}.namespace`, namespace, dnsLabelErrors(namespace))),
  ];
}

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

function csiErrors(csi: CSIPersistentVolumeSource, path: string): FieldError[] {
  return [
    ...validateCsiDriverName(`${path}.driver`, csi.driver ?? ''),
    ...(csi.volumeHandle ? [] : [required(`${path}.volumeHandle`)]),
    ...CSI_SECRETS.flatMap((name) => secretErrors(`${path}.${name}`, csi[name])),
  ];
}

function nfsErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const { server = '', path: directory = '' } = spec.nfs ?? {};
  const errors = server === '' ? [required(`${path}.server`)] : [];
  if (directory === '') errors.push(required(`${path}.path`));
  if (!directory.startsWith('/'))
    errors.push(invalid(`${path}.path`, directory, 'must be an absolute path'));
  return errors;
}

function fcErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const { targetWWNs = [], wwids = [], lun } = spec.fc ?? {};
  if (targetWWNs.length > 0 && wwids.length > 0) {
    const detail = 'fc.targetWWNs and fc.wwids can not be specified simultaneously';
    return [invalid(`${path}.targetWWNs`, targetWWNs, detail)];
  }
  const any = targetWWNs.length + wwids.length > 0;
  const errors = any
    ? []
    : [required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')];
  if (targetWWNs.length > 0 && lun === undefined)
    errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'));
  else if (targetWWNs.length > 0 && lun !== undefined && (lun < 0 || lun > 255))
    errors.push(invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive'));
  return errors;
}

type Source = Exclude<
  keyof PersistentVolumeSpec,
  | 'accessModes'
  | 'capacity'
  | 'claimRef'
  | 'mountOptions'
  | 'nodeAffinity'
  | 'persistentVolumeReclaimPolicy'
  | 'storageClassName'
  | 'volumeAttributesClassName'
  | 'volumeMode'
>;
type Check = (spec: PersistentVolumeSpec, path: string) => FieldError[];

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Checks that a source names what it cannot be without. */
function needs(source: Source, ...fields: string[]): Check {
  return (spec, path) => {
    const value: Readonly<Record<string, unknown>> = { ...spec[source] };
    return fields.filter((name) => isEmpty(value[name])).map((name) => required(`${path}.${name}`));
  };
}

function partitionErrors(partition = 0, path: string): FieldError[] {
  if (partition >= 0 && partition <= 255) return [];
  return [invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')];
}

/** The types of volumes in the order in which upstream looks at them, with their checks. */
const SOURCES: Readonly<Record<Source, Check>> = {
  hostPath: ({ hostPath }, path) => (hostPath ? validateHostPath(hostPath, path) : []),
  gcePersistentDisk: (spec, path) => {
    const at = path.replace('gcePersistentDisk', 'persistentDisk');
    const { partition } = spec.gcePersistentDisk ?? {};
    return [...needs('gcePersistentDisk', 'pdName')(spec, at), ...partitionErrors(partition, at)];
  },
  awsElasticBlockStore: (spec, path) => [
    ...needs('awsElasticBlockStore', 'volumeID')(spec, path),
    ...partitionErrors(spec.awsElasticBlockStore?.partition, path),
  ],
  glusterfs: needs('glusterfs', 'endpoints', 'path'),
  flocker: ({ flocker }, path) =>
    flocker?.datasetName || flocker?.datasetUUID
      ? []
      : [required(path, 'one of datasetName and datasetUUID is required')],
  nfs: nfsErrors,
  rbd: needs('rbd', 'monitors', 'image'),
  quobyte: ({ quobyte }, path) => validateQuobyte(quobyte ?? {}, path),
  cephfs: needs('cephfs', 'monitors'),
  iscsi: ({ iscsi }, path) => validateIscsi(iscsi ?? {}, path),
  cinder: needs('cinder', 'volumeID'),
  fc: fcErrors,
  flexVolume: needs('flexVolume', 'driver'),
  azureFile: needs('azureFile', 'secretName', 'shareName'),
  vsphereVolume: needs('vsphereVolume', 'volumePath'),
  photonPersistentDisk: needs('photonPersistentDisk', 'pdID'),
  portworxVolume: needs('portworxVolume', 'volumeID'),
  azureDisk: ({ azureDisk }, path) => validateAzureDisk(azureDisk ?? {}, path),
  scaleIO: needs('scaleIO', 'gateway', 'system', 'volumeName'),
  local: ({ local }, path) =>
    local?.path ? noBacksteps(`${path}.path`, local.path) : [required(`${path}.path`)],
  storageos: ({ storageos }, path) => validateStorageOs(storageos ?? {}, path),
  csi: ({ csi }, path) => (csi ? csiErrors(csi, path) : []),
};
const ORDER = Object.keys(SOURCES) as Source[];

/** Sources that upstream's texts call otherwise. */
const SHOWN_NAMES: Readonly<Partial<Record<Source, string>>> = { cephfs: 'cephFS' };

/** volumeSourceOf answers the part of a volume's spec that says what the volume is. */
export function volumeSourceOf(spec: PersistentVolumeSpec): Record<string, unknown> {
  return Object.fromEntries(
    ORDER.filter((one) => spec[one] !== undefined).map((one) => [one, spec[one]]),
  );
}

/** validateVolumeSource checks that a volume is of exactly one type, and what that type demands. */
export function validateVolumeSource(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const present = ORDER.filter((one) => spec[one] !== undefined);
  if (present.length === 0) return [required(path, 'must specify a volume type')];
  return present.flatMap((one, index) => {
    const at = `${path}.${SHOWN_NAMES[one] ?? one}`;
    if (index > 0 && one !== 'flexVolume')
      return [forbidden(at, 'may not specify more than 1 volume type')];
    const errors = SOURCES[one](spec, at);
    if (one === 'local' && spec.nodeAffinity === undefined)
      errors.push(required(`${path}.nodeAffinity`, 'Local volume requires node affinity'));
    return errors;
  });
}
