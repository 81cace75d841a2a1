import { describe, expect, it } from 'vitest';
import { contains, formatAddress, formatNetwork, parseAddress, parsePrefix } from './ip-prefix.ts';

const canonical = (text: string) => {
  const parsed = parseAddress(text);
  return parsed && formatAddress(parsed);
};

describe('addresses', () => {
  it.each([
    ['10.9.8.7', '10.9.8.7'],
    ['010.9.8.007', '10.9.8.7'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['1::', '1::'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, printed) => expect(canonical(text)).toBe(printed));

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
  ])('%s is none', (text) => expect(parseAddress(text)).toBeUndefined());
});

describe('prefixes', () => {
  it.each([
    ['10.9.8.7/24', '10.9.8.0/24'],
    ['10.9.8.7/0', '0.0.0.0/0'],
    ['2001:db8::1/64', '2001:db8::/64'],
  ])('%s has the network %s', (text, network) => {
    const prefix = parsePrefix(text);
    expect(prefix && formatNetwork(prefix)).toBe(network);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '::/129', '/8', '10.0.0.0/-1'])(
    '%s is none',
    (text) => expect(parsePrefix(text)).toBeUndefined(),
  );

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['::/0', '10.0.0.1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
  ])('%s contains %s: %s', (prefix, address, expected) => {
    const [range, one] = [parsePrefix(prefix), parseAddress(address)];
    expect(range && one && contains(range, one)).toBe(expected);
  });
});
