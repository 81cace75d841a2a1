import { describe, expect, it } from 'vitest';
import { formatIPv4, isIPAddress, isIPv6, parseIPv4, parseIPv4Cidr } from './ip-address.ts';

describe('addresses', () => {
  it.each(['0.0.0.0', '172.30.0.1', '255.255.255.255'])('%s survives a round trip', (text) => {
    expect(formatIPv4(parseIPv4(text) ?? -1)).toBe(text);
  });

  it.each(['1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', 'None', ''])('%s is none', (text) => {
    expect(isIPAddress(text)).toBe(false);
  });

  it.each(['::', '::1', 'fe80::1', '2001:db8:0:0:0:0:0:1', '::ffff:10.0.0.1'])(
    '%s is an IPv6 address',
    (text) => {
      expect(isIPv6(text)).toBe(true);
    },
  );

  it.each([':::', '1::2::3', '2001:db8', '1:2:3:4:5:6:7:8:9', '::ffff:10.0.0.300', 'g::'])(
    '%s is no IPv6 address',
    (text) => {
      expect(isIPv6(text)).toBe(false);
    },
  );

  it('reads ranges', () => {
    expect(parseIPv4Cidr('172.30.5.0/16')).toEqual({ first: 0xac1e0000, size: 65536 });
    expect(parseIPv4Cidr('172.30.0.0/33')).toBeUndefined();
    expect(parseIPv4Cidr('x/16')).toBeUndefined();
  });
});
