import { describe, expect, it } from 'vitest';
import { parseIPv4 } from '../machinery/ip-address.ts';
import { cidrContains, parseCidr } from './ipv4.ts';

describe('IPv4 networks', () => {
  it('knows its size and what it contains', () => {
    const cidr = parseCidr('10.128.0.0/23');
    expect(cidr.size).toBe(512);
    expect(cidrContains(cidr, parseIPv4('10.128.1.255') ?? 0)).toBe(true);
    expect(cidrContains(cidr, parseIPv4('10.128.2.0') ?? 0)).toBe(false);
  });

  it.each(['10.128.0.0', '10.128.0.0/33', '10.128.0.0/x', '10.128.0.1/23'])(
    'refuses %j',
    (text) => {
      expect(() => parseCidr(text)).toThrow(text);
    },
  );
});
