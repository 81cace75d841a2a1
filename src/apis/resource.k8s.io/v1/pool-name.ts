import { type FieldError, required, tooLong } from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';

const MAX_LENGTH = 253;

/** poolNameErrors checks the name of a pool of devices: DNS subdomains, parted by slashes. */
export function poolNameErrors(path: string, name = ''): FieldError[] {
  if (name === '') return [required(path)];
  return [
    ...(name.length > MAX_LENGTH ? [tooLong(path, MAX_LENGTH)] : []),
    ...name.split('/').flatMap((part) => texts(path, part, dnsSubdomainErrors(part))),
  ];
}
