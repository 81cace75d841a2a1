import { describe, expect, it } from 'vitest';
import { cidrContains, formatIpv4, parseCidr, parseIpv4 } from './ipv4.ts';

describe('IPv4 addresses', () => {
  it.each(['0.0.0.0', '10.128.1.255', '255.255.255.255'])('reads and writes %s', (text) => {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text);
  });

  it.each(['', '1.2.3', '1.2.3.256', '1.2.3.4.5', 'a.b.c.d', '1.2.3.4 '])('refuses %j', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });
});

describe('IPv4 networks', () => {
  it('knows its size and what it contains', () => {
    const cidr = parseCidr('10.128.0.0/23');
    expect(cidr.size).toBe(512);
    expect(cidrContains(cidr, parseIpv4('10.128.1.255') ?? 0)).toBe(true);
    expect(cidrContains(cidr, parseIpv4('10.128.2.0') ?? 0)).toBe(false);
  });

  it.each(['10.128.0.0', '10.128.0.0/33', '10.128.0.0/x', '10.128.0.1/23'])(
    'refuses %j',
    (text) => {
      expect(() => parseCidr(text)).toThrow(text);
    },
  );
});
