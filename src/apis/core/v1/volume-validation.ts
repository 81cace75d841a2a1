import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { VOLUME_FIELD_PATHS, validateFieldRef, validateResourceRef } from './env-validation.ts';
import { noBacksteps, validateHostPath } from './host-path-validation.ts';
import type {
  Container,
  DownwardAPIVolumeFile,
  KeyToPath,
  ProjectedVolumeSource,
  Volume,
  VolumeMount,
  VolumeProjection,
} from './types.ts';
import { fileMode, requiredLabel } from './validation-rules.ts';
import { validateOtherSource } from './volume-source-validation.ts';

/** localPath checks a relative path without `..`. */
function localPath(path: string, target: string): FieldError[] {
  const absolute = target.startsWith('/') ? [invalid(path, target, 'must be a relative path')] : [];
  return [...absolute, ...noBacksteps(path, target)];
}

function localFreePath(path: string, target: string): FieldError[] {
  const reserved =
    target.startsWith('..') && !target.startsWith('../')
      ? [invalid(path, target, "must not start with '..'")]
      : [];
  return [...localPath(path, target), ...reserved];
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap((item, index) => {
    const at = indexPath(path, index);
    return [
      ...(item.key ? [] : [required(`${at}.key`)]),
      ...(item.path ? [] : [required(`${at}.path`)]),
      ...localFreePath(`${at}.path`, item.path ?? ''),
      ...fileMode(`${at}.mode`, item.mode),
    ];
  });
}

function validateDownwardFile(file: DownwardAPIVolumeFile, path: string): FieldError[] {
  const errors: FieldError[] = file.path ? [] : [required(`${path}.path`)];
  errors.push(...localFreePath(`${path}.path`, file.path ?? ''));
  if (file.fieldRef) {
    errors.push(...validateFieldRef(file.fieldRef, VOLUME_FIELD_PATHS, `${path}.fieldRef`));
    if (file.resourceFieldRef) {
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalid(path, 'resource', detail));
    }
  } else if (file.resourceFieldRef) {
    const rule = { needsContainer: true };
    errors.push(...validateResourceRef(file.resourceFieldRef, `${path}.resourceFieldRef`, rule));
  } else {
    errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  }
  return [...errors, ...fileMode(`${path}.mode`, file.mode)];
}

function validateToken(source: VolumeProjection, path: string, volumePath: string): FieldError[] {
  const token = source.serviceAccountToken;
  if (token === undefined) return [];
  const seconds = token.expirationSeconds ?? 3600;
  const at = `${path}.serviceAccountToken.expirationSeconds`;
  const errors: FieldError[] = [];
  if (seconds < 600)
    errors.push(invalid(at, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    errors.push(invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (!token.path) errors.push(required(`${volumePath}.path`));
  else errors.push(...localFreePath(`${volumePath}.path`, token.path));
  return errors;
}

function validateProjection(
  source: VolumeProjection,
  path: string,
  volumePath: string,
): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  const errors: FieldError[] = [];
  for (const [name, keyed] of Object.entries({ secret, configMap })) {
    if (keyed === undefined) continue;
    if (!keyed.name) errors.push(required(`${path}.${name}.name`));
    errors.push(...validateItems(keyed.items, `${path}.${name}.items`));
  }
  for (const file of downwardAPI?.items ?? [])
    errors.push(...validateDownwardFile(file, `${path}.downwardAPI`));
  errors.push(...validateToken(source, path, volumePath));
  if ([secret, configMap, downwardAPI, serviceAccountToken].filter(Boolean).length > 1)
    errors.push(forbidden(path, 'may not specify more than 1 volume type per source'));
  return errors;
}

function validateProjected(source: ProjectedVolumeSource, path: string): FieldError[] {
  const sources = source.sources ?? [];
  const errors = fileMode(`${path}.defaultMode`, source.defaultMode);
  const seen = new Set<string>();
  for (const [index, projection] of sources.entries()) {
    const at = `${path}.${indexPath('sources', index)}`;
    errors.push(...validateProjection(projection, at, path));
    const { secret, configMap, downwardAPI } = projection;
    const parts = [
      { items: secret?.items, name: secret?.name ?? '' },
      { items: configMap?.items, name: configMap?.name ?? '' },
      { items: downwardAPI?.items },
    ];
    for (const { items, name } of parts) {
      for (const item of items ?? []) {
        if (!item.path) continue;
        const label = name ?? item.path;
        if (seen.has(item.path)) errors.push(invalid(path, label, 'conflicting duplicate paths'));
        seen.add(item.path);
      }
    }
  }
  return errors;
}

/** Checks by volume type; a type without an entry is checked by the schema only. */
const SOURCE_CHECKS: Readonly<Record<string, (volume: Volume, path: string) => FieldError[]>> = {
  hostPath: ({ hostPath }, path) => (hostPath ? validateHostPath(hostPath, path) : []),
  projected: ({ projected }, path) => (projected ? validateProjected(projected, path) : []),
  secret: ({ secret }, path) => [
    ...(secret?.secretName ? [] : [required(`${path}.secretName`)]),
    ...fileMode(`${path}.defaultMode`, secret?.defaultMode),
    ...validateItems(secret?.items, `${path}.items`),
  ],
  configMap: ({ configMap }, path) => [
    ...(configMap?.name ? [] : [required(`${path}.name`)]),
    ...fileMode(`${path}.defaultMode`, configMap?.defaultMode),
    ...validateItems(configMap?.items, `${path}.items`),
  ],
  downwardAPI: ({ downwardAPI }, path) => [
    ...fileMode(`${path}.defaultMode`, downwardAPI?.defaultMode),
    ...(downwardAPI?.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ],
  persistentVolumeClaim: ({ persistentVolumeClaim }, path) =>
    persistentVolumeClaim?.claimName ? [] : [required(`${path}.claimName`)],
};

function validateSource(volume: Volume, path: string): FieldError[] {
  const types = Object.keys(volume).filter((key) => key !== 'name');
  if (types.length === 0) return [required(path, 'must specify a volume type')];
  return types.flatMap((type, index) =>
    index === 0
      ? (SOURCE_CHECKS[type]?.(volume, `${path}.${type}`) ?? validateOtherSource(volume, path))
      : [forbidden(`${path}.${type}`, 'may not specify more than 1 volume type')],
  );
}

/** VolumeFindings is what is wrong with volumes, and those that nothing is wrong with, by name. */
export interface VolumeFindings {
  readonly errors: readonly FieldError[];
  readonly sound: ReadonlyMap<string, Volume>;
}

function claimNameErrors(volume: Volume, path: string, podName: string): FieldError[] {
  if (!volume.ephemeral || podName === '' || volume.name === '') return [];
  const claim = `${podName}-${volume.name}`;
  return dnsSubdomainErrors(claim).map((text) =>
    invalid(`${path}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${text}`),
  );
}

function madeClaimErrors(volume: Volume, path: string, made: ReadonlySet<string>): FieldError[] {
  const claim = volume.persistentVolumeClaim?.claimName;
  if (claim === undefined || !made.has(claim)) return [];
  const detail = 'must not reference a PVC that gets created for an ephemeral volume';
  return [invalid(`${path}.persistentVolumeClaim.claimName`, claim, detail)];
}

/**
 * validateVolumes checks the volumes of a pod. Only sound ones can be mounted. `podName` is empty in
 * templates: it says which claims are made for ephemeral volumes.
 */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  path: string,
  podName: string,
): VolumeFindings {
  const errors: FieldError[] = [];
  const sound = new Map<string, Volume>();
  const all = volumes ?? [];
  const ephemeral = all.filter((one) => podName !== '' && one.ephemeral);
  const made = new Set(ephemeral.map(({ name }) => `${podName}-${name}`));
  for (const [index, volume] of all.entries()) {
    const at = indexPath(path, index);
    const found = [
      ...validateSource(volume, at),
      ...claimNameErrors(volume, at, podName),
      ...requiredLabel(`${at}.name`, volume.name),
    ];
    if (sound.has(volume.name)) found.push(duplicate(`${at}.name`, volume.name));
    if (found.length === 0) sound.set(volume.name, volume);
    errors.push(...found, ...madeClaimErrors(volume, at, made));
  }
  return { errors, sound };
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIONS = ['Disabled', 'Enabled', 'IfPossible'];

/** How mounts below a mount are shared, and whether they are read-only too. */
function sharingErrors(mount: VolumeMount, container: Container, path: string): FieldError[] {
  const { mountPropagation: sharing, recursiveReadOnly: recursive, readOnly } = mount;
  const errors: FieldError[] = [];
  const at = `${path}.mountPropagation`;
  if (sharing !== undefined && !PROPAGATIONS.includes(sharing))
    errors.push(notSupported(at, sharing, PROPAGATIONS));
  if (sharing === 'Bidirectional' && !container.securityContext?.privileged) {
    const detail = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbidden(at, detail));
  }
  const list = `${path}.recursiveReadOnly`;
  if (recursive === undefined || recursive === 'Disabled') return errors;
  if (!RECURSIONS.includes(recursive))
    return [...errors, notSupported(list, recursive, RECURSIONS)];
  if (!readOnly) errors.push(forbidden(list, 'may only be specified when readOnly is true'));
  if (sharing !== undefined && sharing !== 'None') {
    const detail = 'may only be specified when mountPropagation is None or not specified';
    errors.push(forbidden(list, detail));
  }
  return errors;
}

function validateMount(mount: VolumeMount, at: string, listPath: string): FieldError[] {
  const errors: FieldError[] = mount.mountPath ? [] : [required(`${at}.mountPath`)];
  if (mount.subPath) errors.push(...localPath(`${listPath}.subPath`, mount.subPath));
  if (mount.subPathExpr) {
    if (mount.subPath) {
      const detail = 'subPathExpr and subPath are mutually exclusive';
      errors.push(invalid(`${at}.subPathExpr`, mount.subPathExpr, detail));
    }
    errors.push(...localPath(`${listPath}.subPathExpr`, mount.subPathExpr));
  }
  return errors;
}

/** validateVolumeMounts checks that a container mounts volumes that the pod has, each path once. */
export function validateVolumeMounts(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
): FieldError[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const at = indexPath(path, index);
    const errors: FieldError[] = mount.name ? [] : [required(`${at}.name`)];
    if (!volumes.has(mount.name)) errors.push(notFound(`${at}.name`, mount.name ?? ''));
    if (paths.has(mount.mountPath))
      errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    return [...errors, ...validateMount(mount, at, path), ...sharingErrors(mount, container, path)];
  });
}
