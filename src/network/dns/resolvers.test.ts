import { describe, expect, it } from 'vitest';
import { nameservers, parseResolver } from './resolvers.ts';

describe('resolvers', () => {
  it.each([
    ['192.0.2.1', { host: '192.0.2.1', port: 53 }],
    ['192.0.2.1:5353', { host: '192.0.2.1', port: 5353 }],
    ['2001:db8::1', { host: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]:5353', { host: '2001:db8::1', port: 5353 }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0', port: 53 }],
    ['example.com', undefined],
    ['192.0.2.1:x', undefined],
  ])('reads %s', (text, expected) => {
    expect(parseResolver(text)).toEqual(expected);
  });

  it('takes the name servers of a resolv.conf in order, and nothing else', () => {
    const text =
      '# nameserver 1.1.1.1\nsearch a b\nnameserver 192.0.2.1\n nameserver\t192.0.2.2 \n';
    expect(nameservers(text).map((one) => one.host)).toEqual(['192.0.2.1', '192.0.2.2']);
  });
});
