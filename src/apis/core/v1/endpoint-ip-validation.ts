import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { formatAddress, parseAddress } from '../../../machinery/ip-prefix.ts';

const FORBIDDEN_RANGES: readonly [RegExp, string][] = [
  [/^127\.|^::1$/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [
    /^169\.254\.|^fe[89ab][0-9a-f]:/,
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    /^224\.0\.0\.|^ff[0-9a-f]2:/,
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
  [/^0\.0\.0\.0$/, 'may not be unspecified (0.0.0.0)'],
  [/^::$/, 'may not be unspecified (::)'],
];

/** specialAddressErrors checks an address of an Endpoints object, apart from how it is written. */
export function specialAddressErrors(path: string, address: string): FieldError[] {
  if (parseAddress(address) === undefined) {
    return [invalid(path, address, 'must be a valid IP address')];
  }
  return rangeErrors(path, address);
}

/** rangeErrors refuses addresses of ranges that traffic is never sent to, however they are written. */
export function rangeErrors(path: string, address: string): FieldError[] {
  const parsed = parseAddress(address);
  const canonical = parsed ? formatAddress(parsed) : address;
  return FORBIDDEN_RANGES.filter(([range]) => range.test(canonical)).map(([, text]) =>
    invalid(path, address, text),
  );
}
