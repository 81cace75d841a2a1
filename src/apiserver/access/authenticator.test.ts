import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { newAuthenticator } from './authenticator.ts';

const alice = { name: 'alice', groups: ['system:authenticated'] };
const authenticator = newAuthenticator([
  async () => undefined,
  async (token) => (token === 'good' ? alice : undefined),
]);
const ask = (headers: Record<string, string>, subject?: object) =>
  authenticator.authenticate({
    headers,
    peerCertificate: subject && ({ subject } as unknown as PeerCertificate),
  });

describe('newAuthenticator', () => {
  it.each([
    [
      'no credentials',
      {},
      undefined,
      { name: 'system:anonymous', groups: ['system:unauthenticated'] },
    ],
    ['a good token', { authorization: 'Bearer good' }, undefined, alice],
    ['a bad token', { authorization: 'Bearer bad' }, undefined, undefined],
    [
      'a certificate of two groups',
      {},
      { CN: 'system:admin', O: ['system:masters', 'ops'] },
      { name: 'system:admin', groups: ['system:masters', 'ops', 'system:authenticated'] },
    ],
    [
      'a certificate of one group before a token',
      { authorization: 'Bearer good' },
      { CN: 'bob', O: 'dev' },
      { name: 'bob', groups: ['dev', 'system:authenticated'] },
    ],
  ])('%s', async (_case, headers, subject, expected) => {
    expect(await ask(headers as Record<string, string>, subject)).toEqual(expected);
  });
});
