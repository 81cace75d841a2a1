import { describe, expect, it } from 'vitest';
import { rangeErrors } from './endpoint-ip-validation.ts';

describe('rangeErrors', () => {
  it.each([
    ['127.1.2.3', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.1.1', 'link-local range'],
    ['fe80::1', 'link-local range'],
    ['febf::1', 'link-local range'],
    ['224.0.0.9', 'link-local multicast'],
    ['ff02::1', 'link-local multicast'],
    ['FF12::1', 'link-local multicast'],
    ['0.0.0.0', 'unspecified'],
    ['0:0::0', 'unspecified'],
  ])('refuses %s', (address, text) => {
    const errors = rangeErrors('ip', address);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.body).toContain(text);
  });

  it.each(['10.0.0.1', 'fe8::1', 'fec0::1', 'ff05::2', 'ff2::1', '224.0.1.1'])(
    'lets %s pass',
    (address) => {
      expect(rangeErrors('ip', address)).toEqual([]);
    },
  );
});
