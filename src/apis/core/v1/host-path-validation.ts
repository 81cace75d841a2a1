import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import type { HostPathVolumeSource } from './types.ts';

/** noBacksteps checks that a path does not lead upwards. */
export function noBacksteps(path: string, target: string): FieldError[] {
  return target.split('/').includes('..') ? [invalid(path, target, "must not contain '..'")] : [];
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** validateHostPath checks a directory or file of the node. */
export function validateHostPath(source: HostPathVolumeSource, path: string): FieldError[] {
  if (!source.path) return [required(`${path}.path`)];
  const type = source.type ?? '';
  return [
    ...noBacksteps(`${path}.path`, source.path),
    ...(HOST_PATH_TYPES.includes(type)
      ? []
      : [notSupported(`${path}.type`, type, HOST_PATH_TYPES)]),
  ];
}
