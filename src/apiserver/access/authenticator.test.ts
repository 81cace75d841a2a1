import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RequestFacts } from '../contracts.ts';
import { newAuthenticator } from './authenticator.ts';
import {
  issueCertificate,
  type KeyPair,
  newCertificateAuthority,
} from './certificate-authority.ts';
import { CertificateTrust } from './client-certificate.ts';
import { newRequestHeaderCheck, REQUEST_HEADERS } from './request-header.ts';
import { parseTokenFile } from './token-file.ts';

const START = new Date('2026-01-01T00:00:00Z');
let now = START;
let clients: KeyPair;
let proxies: KeyPair;
let authenticator: ReturnType<typeof newAuthenticator>;

/** A certificate as a TLS server of node hands it on. */
function peer(pem: string, issuer: string, subject: object): PeerCertificate {
  const [leaf, authority] = [new X509Certificate(pem), new X509Certificate(issuer)];
  const issuerCertificate = { fingerprint256: authority.fingerprint256 };
  const { fingerprint256, raw, validTo } = leaf;
  const fields = { subject, fingerprint256, raw, valid_to: validTo, issuerCertificate };
  return fields as unknown as PeerCertificate;
}

async function certificate(authority: KeyPair, commonName: string, groups: string | string[] = []) {
  const organizations = typeof groups === 'string' ? [groups] : groups;
  const leaf = await issueCertificate(
    authority,
    { commonName, organizations, usage: 'client', days: 1 },
    START,
  );
  return peer(leaf.certPem, authority.certPem, { CN: commonName, O: groups });
}

beforeAll(async () => {
  clients = await newCertificateAuthority('clients', 1, START);
  proxies = await newCertificateAuthority('proxies', 1, START);
  const users = parseTokenFile('f', 'good,alice,7,"devs,ops"\n\nplain,bob,8\n');
  authenticator = newAuthenticator({
    clients: new CertificateTrust(clients.certPem),
    requestHeader: newRequestHeaderCheck({
      ...REQUEST_HEADERS,
      caPem: proxies.certPem,
      allowedNames: ['proxy'],
    }),
    userOfToken: async (token) => users.get(token),
    now: () => now,
  });
});

const ask = (facts: Partial<RequestFacts>) =>
  authenticator.authenticate({
    headers: {},
    peerCertificate: undefined,
    path: '/',
    remoteAddress: '',
    ...facts,
  });

describe('newAuthenticator', () => {
  it('takes who shows nothing for anonymous', async () => {
    const expected = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
    expect(await ask({})).toEqual(expected);
    expect(await ask({ headers: { authorization: 'Basic eDp5' } })).toEqual(expected);
  });

  it('knows the users of a token file', async () => {
    expect(await ask({ headers: { authorization: 'Bearer good' } })).toEqual({
      name: 'alice',
      uid: '7',
      groups: ['devs', 'ops', 'system:authenticated'],
    });
    expect(await ask({ headers: { authorization: 'bearer plain' } })).toMatchObject({
      groups: ['system:authenticated'],
    });
    expect(await ask({ headers: { authorization: 'Bearer bad' } })).toBeUndefined();
  });

  it.each([
    ['two groups', ['system:masters', 'ops']],
    ['one group', 'dev'],
  ])('takes name and groups from a certificate of %s', async (_case, groups) => {
    const peerCertificate = await certificate(clients, 'carol', groups);
    const headers = { authorization: 'Bearer good' };
    expect(await ask({ peerCertificate, headers })).toEqual({
      name: 'carol',
      groups: [groups, 'system:authenticated'].flat(),
      extra: {
        'authentication.kubernetes.io/credential-id': [
          expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
        ],
      },
    });
  });

  it('refuses certificates that did not verify, or have expired since', async () => {
    expect(await ask({ certificateRefused: true })).toBeUndefined();
    const peerCertificate = await certificate(clients, 'carol');
    now = new Date(START.getTime() + 2 * 86_400_000);
    expect(await ask({ peerCertificate })).toBeUndefined();
    now = START;
    expect(await ask({ peerCertificate })).toMatchObject({ name: 'carol' });
  });

  it('lets a proxy name the user, and nobody else', async () => {
    const headers = {
      'x-remote-user': 'dave',
      'x-remote-uid': '9',
      'x-remote-group': ['CN=a,OU=b', 'ops'],
      'x-remote-extra-scopes%2fx': 'read',
    };
    expect(await ask({ headers, peerCertificate: await certificate(proxies, 'proxy') })).toEqual({
      name: 'dave',
      uid: '9',
      groups: ['CN=a,OU=b', 'ops', 'system:authenticated'],
      extra: { 'scopes/x': ['read'] },
    });
    expect(
      await ask({ headers, peerCertificate: await certificate(proxies, 'x') }),
    ).toBeUndefined();
    const own = await certificate(clients, 'proxy');
    expect(await ask({ headers, peerCertificate: own })).toMatchObject({ name: 'proxy' });
    expect(await ask({ headers })).toMatchObject({ name: 'system:anonymous' });
  });

  it('takes no proxy for a client', async () => {
    expect(await ask({ peerCertificate: await certificate(proxies, 'proxy') })).toBeUndefined();
  });
});

describe('parseTokenFile', () => {
  it('says how a record is too short', () => {
    expect(() => parseTokenFile('/t.csv', 'a,b\n')).toThrow(
      "token file '/t.csv' must have at least 3 columns (token, user name, user uid), found 2",
    );
  });
});
