import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { isIPAddress } from '../../../machinery/ip-address.ts';

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const FORBIDDEN_RANGES: readonly [RegExp, string][] = [
  [/^127\.|^::1$/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^169\.254\.|^fe8/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^224\.0\.0\.|^ff02/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  [/^0\.0\.0\.0$|^::$/, 'may not be unspecified (0.0.0.0 or ::)'],
];

/** specialAddressErrors checks an address of an Endpoints object, apart from how it is written. */
export function specialAddressErrors(path: string, address: string): FieldError[] {
  if (!isIPAddress(address)) return [invalid(path, address, 'must be a valid IP address')];
  return endpointIPErrors(path, address);
}

/** endpointIPErrors checks an address that traffic is sent to. */
export function endpointIPErrors(path: string, address: string): FieldError[] {
  if (!isIPAddress(address)) return [invalid(path, address, IP_TEXT)];
  return rangeErrors(path, address);
}

/** rangeErrors refuses addresses of ranges that traffic is never sent to. */
export function rangeErrors(path: string, address: string): FieldError[] {
  return FORBIDDEN_RANGES.filter(([range]) => range.test(address)).map(([, text]) =>
    invalid(path, address, text),
  );
}
