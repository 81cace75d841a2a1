import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePki } from './pki.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-01-01T00:00:00Z');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pki-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const options = (now: Date, ipAddresses = ['127.0.0.1']) => ({
  directory,
  dnsNames: ['localhost', 'kubernetes.default.svc'],
  ipAddresses,
  routeDomain: 'apps.localhost',
  now: () => now,
});

describe('ensurePki', () => {
  it('makes a server certificate that its authority signed, for every name', async () => {
    const pki = await ensurePki(options(START));
    const server = new X509Certificate(pki.server.certPem);
    const authority = new X509Certificate(pki.authority.certPem);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(new X509Certificate(pki.admin.certPem).subject).toBe(
      'O=system:masters\nCN=system:admin',
    );
  });

  it('makes a certificate for every host of the route domain', async () => {
    const { router } = await ensurePki(options(START));
    const certificate = new X509Certificate(router.certPem);
    expect(certificate.checkHost('web-project1.apps.localhost')).toBe('*.apps.localhost');
  });

  it('keeps everything when nothing needs to change', async () => {
    const first = await ensurePki(options(START));
    const second = await ensurePki(options(new Date(START.getTime() + 30 * DAY_MS)));
    expect(first.renewed).toBe(true);
    expect(second).toEqual({ ...first, renewed: false });
  });

  it('renews the leaves in the last third of their life and keeps authority and signing key', async () => {
    const first = await ensurePki(options(START));
    const later = await ensurePki(options(new Date(START.getTime() + 250 * DAY_MS)));
    expect(later.renewed).toBe(true);
    expect(later.server.certPem).not.toBe(first.server.certPem);
    expect(later.authority).toEqual(first.authority);
    expect(later.signingKeys).toEqual(first.signingKeys);
  });

  it('makes the server certificate anew when an address is added', async () => {
    await ensurePki(options(START));
    const more = await ensurePki(options(START, ['127.0.0.1', '10.128.0.1']));
    expect(new X509Certificate(more.server.certPem).checkIP('10.128.0.1')).toBe('10.128.0.1');
  });

  it('keeps the key with which tokens were signed before, when it was renamed', async () => {
    const first = await ensurePki(options(START));
    await rename(join(directory, 'service-account.key'), join(directory, 'service-account-1.key'));
    const { signingKeys } = await ensurePki(options(START));
    expect(signingKeys.signingKeyPem).not.toBe(first.signingKeys.signingKeyPem);
    expect(signingKeys.otherKeyPems).toEqual([first.signingKeys.signingKeyPem]);
  });
});
