import { type FieldError, invalid, required, tooLong } from '../../../machinery/field-error.ts';
import { isJsonObject } from '../../../machinery/json-value.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import type { OpaqueDeviceConfiguration } from './types.ts';

const MAX_PARAMETERS_BYTES = 10 * 1024;

/** rawErrors checks JSON of another's making: that it is there, and not too long. */
export function rawErrors(path: string, value: object | undefined): FieldError[] {
  if (value === undefined) return [required(path)];
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > MAX_PARAMETERS_BYTES) return [tooLong(path, MAX_PARAMETERS_BYTES)];
  return isJsonObject(value)
    ? []
    : [invalid(path, '<value omitted>', 'must be a valid JSON object')];
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
