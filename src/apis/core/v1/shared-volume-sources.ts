import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { dnsLabelErrors, rangeError } from '../../../machinery/names.ts';
import type {
  AzureDiskVolumeSource,
  FlockerVolumeSource,
  ISCSIVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
} from './types.ts';
import { texts } from './validation-rules.ts';

const AZURE_CACHING = ['None', 'ReadOnly', 'ReadWrite'];
const AZURE_KINDS = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_DISK =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_DISK = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

/** validateAzureDisk checks a disk of Azure: its address fits its kind. */
export function validateAzureDisk(
  disk: Partial<AzureDiskVolumeSource>,
  path: string,
): FieldError[] {
  const { diskName = '', diskURI = '', cachingMode, kind } = disk;
  const errors: FieldError[] = [];
  if (diskName === '') errors.push(required(`${path}.diskName`));
  if (diskURI === '') errors.push(required(`${path}.diskURI`));
  if (cachingMode !== undefined && !AZURE_CACHING.includes(cachingMode))
    errors.push(notSupported(`${path}.cachingMode`, cachingMode, AZURE_CACHING));
  if (kind === undefined) return errors;
  if (!AZURE_KINDS.includes(kind)) errors.push(notSupported(`${path}.kind`, kind, AZURE_KINDS));
  const [prefix, shown] =
    kind === 'Managed' ? ['/subscriptions/', MANAGED_DISK] : ['https://', BLOB_DISK];
  if (!diskURI.startsWith(prefix)) errors.push(notSupported(`${path}.diskURI`, diskURI, [shown]));
  return errors;
}

const MAX_TENANT = 64;

/** validateQuobyte checks a Quobyte volume: where its registry is, and its name. */
export function validateQuobyte(source: Partial<QuobyteVolumeSource>, path: string): FieldError[] {
  const { registry = '', tenant = '', volume = '' } = source;
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  const errors: FieldError[] = [];
  if (registry === '') errors.push(required(`${path}.registry`, pairs));
  else if (tenant.length > MAX_TENANT) {
    const detail = `must be a UUID and may not exceed a length of ${MAX_TENANT} characters`;
    errors.push(required(`${path}.tenant`, detail));
  } else
    for (const pair of registry.split(','))
      if (!/^(?:[^:]*|\[[^\]]*\]):[^:]*$/.test(pair))
        errors.push(invalid(`${path}.registry`, registry, pairs));
  return volume === '' ? [...errors, required(`${path}.volume`)] : errors;
}

/** validateStorageOs checks a StorageOS volume; its secret has a name. */
export function validateStorageOs(
  source: Omit<StorageOSVolumeSource, 'secretRef'> & { secretRef?: { name?: string } },
  path: string,
): FieldError[] {
  const { volumeName = '', volumeNamespace = '', secretRef } = source;
  const at = `${path}.volumeName`;
  const errors =
    volumeName === '' ? [required(at)] : texts(at, volumeName, dnsLabelErrors(volumeName));
  if (volumeNamespace !== '') {
    const problems = dnsLabelErrors(volumeNamespace);
    errors.push(...texts(`${path}.volumeNamespace`, volumeNamespace, problems));
  }
  if (secretRef !== undefined && !secretRef.name) errors.push(required(`${path}.secretRef.name`));
  return errors;
}

/** validateFlocker checks a Flocker volume: it is named or numbered, not both. */
export function validateFlocker(source: FlockerVolumeSource, path: string): FieldError[] {
  const { datasetName = '', datasetUUID = '' } = source;
  const errors: FieldError[] = [];
  if (datasetName === '' && datasetUUID === '')
    errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName !== '' && datasetUUID !== '') {
    const detail = 'datasetName and datasetUUID can not be specified simultaneously';
    errors.push(invalid(path, 'resource', detail));
  }
  if (datasetName.includes('/'))
    errors.push(invalid(`${path}.datasetName`, datasetName, "must not contain '/'"));
  return errors;
}

const MAX_LUN = 255;
const ISCSI_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function iscsiNameErrors(path: string, name: string): FieldError[] {
  const form = ISCSI_NAMES[name.slice(0, 3)];
  if (form === undefined)
    return [invalid(path, name, 'must be valid format starting with iqn, eui, or naa')];
  return form.test(name) ? [] : [invalid(path, name, 'must be valid format')];
}

/** validateIscsi checks an iSCSI disk: its portal, its names and its secret. */
export function validateIscsi(
  source: Omit<Partial<ISCSIVolumeSource>, 'secretRef'> & { secretRef?: object },
  path: string,
): FieldError[] {
  const { targetPortal = '', iqn = '', lun = 0, initiatorName, secretRef } = source;
  const errors = targetPortal === '' ? [required(`${path}.targetPortal`)] : [];
  if (iqn === '') errors.push(required(`${path}.iqn`));
  else errors.push(...iscsiNameErrors(`${path}.iqn`, iqn));
  if (lun < 0 || lun > MAX_LUN) errors.push(invalid(`${path}.lun`, lun, rangeError(0, MAX_LUN)));
  const authenticates = source.chapAuthDiscovery || source.chapAuthSession;
  if (authenticates && secretRef === undefined) errors.push(required(`${path}.secretRef`));
  if (initiatorName === undefined) return errors;
  return [...errors, ...iscsiNameErrors(`${path}.initiatorname`, initiatorName)];
}
