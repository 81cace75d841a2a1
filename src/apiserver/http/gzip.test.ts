import { describe, expect, it } from 'vitest';
import { GZIP_FROM_BYTES, wantsGzip } from './gzip.ts';

const remote = { remoteAddress: '192.0.2.7', localAddress: '192.0.2.1' };
const local = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' };

describe('wantsGzip', () => {
  it.each([
    ['a large answer to another machine', 'gzip, deflate', GZIP_FROM_BYTES, remote, true],
    ['a small answer', 'gzip', GZIP_FROM_BYTES - 1, remote, false],
    ['a client that does not accept it', 'identity', GZIP_FROM_BYTES, remote, false],
    ['a client on this machine', 'gzip', GZIP_FROM_BYTES, local, false],
  ])('%s', (_what, acceptEncoding, sizeBytes, addresses, expected) => {
    expect(wantsGzip({ acceptEncoding, sizeBytes, ...addresses })).toBe(expected);
  });
});
