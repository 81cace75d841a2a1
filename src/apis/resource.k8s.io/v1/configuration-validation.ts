import { type FieldError, required, tooLong } from '../../../machinery/field-error.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import type { OpaqueDeviceConfiguration } from './types.ts';

const MAX_PARAMETERS_BYTES = 10 * 1024;

/** rawErrors checks JSON of another's making: that it is there, and not too long. */
export function rawErrors(path: string, value: object | undefined): FieldError[] {
  if (value === undefined) return [required(path)];
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > MAX_PARAMETERS_BYTES ? [tooLong(path, MAX_PARAMETERS_BYTES)] : [];
}

/** configurationErrors checks a configuration of devices; `isStored`: its length was checked before. */
export function configurationErrors(
  path: string,
  { opaque }: { readonly opaque?: OpaqueDeviceConfiguration },
  isStored: boolean,
): FieldError[] {
  if (opaque === undefined) return [required(`${path}.opaque`)];
  const { driver, parameters } = opaque;
  const raw = rawErrors(`${path}.opaque.parameters`, parameters);
  return [
    ...validateCsiDriverName(`${path}.opaque.driver`, driver ?? ''),
    ...(isStored && parameters !== undefined ? [] : raw),
  ];
}
