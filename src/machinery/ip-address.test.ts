import { describe, expect, it } from 'vitest';
import { formatIPv4, parseIPv4, parseIPv4Cidr } from './ip-address.ts';

describe('addresses', () => {
  it.each(['0.0.0.0', '172.30.0.1', '255.255.255.255'])('%s survives a round trip', (text) => {
    expect(formatIPv4(parseIPv4(text) ?? -1)).toBe(text);
  });

  it.each(['1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', '1.2.3.4 ', 'None', ''])(
    '%s is none',
    (text) => {
      expect(parseIPv4(text)).toBeUndefined();
    },
  );

  it('reads ranges', () => {
    expect(parseIPv4Cidr('172.30.5.0/16')).toEqual({ first: 0xac1e0000, size: 65536 });
    expect(parseIPv4Cidr('172.30.0.0/33')).toBeUndefined();
    expect(parseIPv4Cidr('x/16')).toBeUndefined();
  });
});
