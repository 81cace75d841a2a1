import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GZIP_FROM_BYTES, gzipStream, wantsGzip } from './gzip.ts';

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

describe('gzipStream', () => {
  async function* pieces(count: number, onEnd: () => void, failure?: Error) {
    try {
      for (let index = 0; index < count; index += 1) yield Buffer.alloc(100_000, index);
      if (failure) throw failure;
    } finally {
      onEnd();
    }
  }

  it('compresses what comes in pieces', async () => {
    const packed: Uint8Array[] = [];
    for await (const chunk of gzipStream(pieces(20, () => undefined))) packed.push(chunk);
    const plain = gunzipSync(Buffer.concat(packed));
    expect(plain.length).toBe(2_000_000);
    expect(plain[1_950_000]).toBe(19);
  });

  it('lets go of the pieces when nobody takes the result any more', async () => {
    let ended = 0;
    const endless = pieces(1e9, () => {
      ended += 1;
    });
    for await (const _ of gzipStream(endless)) break;
    await expect.poll(() => ended).toBe(1);
  });

  it('passes a failure on', async () => {
    const failing = pieces(3, () => undefined, new Error('gone'));
    const taken = async () => {
      for await (const _ of gzipStream(failing));
    };
    await expect(taken()).rejects.toThrow('gone');
  });
});
