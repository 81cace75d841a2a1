import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
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

  it.each(['ca.crt', 'ca.key', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'service-account.key'])(
    'refuses a %s that cannot be used, names it and changes nothing',
    async (name) => {
      const before = await ensurePki(options(START));
      await ensurePki(options(START));
      const path = join(directory, name);
      const whole = await readFile(path, 'utf8');
      for (const text of ['', 'garbage', whole.slice(0, whole.length / 2)]) {
        await writeFile(path, text);
        await expect(ensurePki(options(START))).rejects.toThrow(
          new RegExp(`^${path} cannot be used: .`),
        );
        expect(await readFile(path, 'utf8')).toBe(text);
      }
      await rm(path);
      await mkdir(path);
      await expect(ensurePki(options(START))).rejects.toThrow(`${path} cannot be used: EISDIR`);
      await rm(path, { recursive: true });
      await writeFile(path, whole);
      expect(await ensurePki(options(START))).toEqual({ ...before, renewed: false });
    },
  );

  it('refuses an authority whose key is missing or of another', async () => {
    await ensurePki(options(START));
    const key = join(directory, 'ca.key');
    await writeFile(key, await readFile(join(directory, 'server.key')));
    await expect(ensurePki(options(START))).rejects.toThrow(`${key} cannot be used: it is not the`);
    await rm(key);
    await expect(ensurePki(options(START))).rejects.toThrow(`${key} cannot be used: it is missing`);
  });

  it.each(['server.crt', 'server.key', 'admin.key', 'router.crt', 'front-proxy-client.key'])(
    'makes anew what belongs to a %s that cannot be used',
    async (name) => {
      const before = await ensurePki(options(START));
      for (const text of ['', 'garbage', await readFile(join(directory, 'ca.key'), 'utf8')]) {
        await writeFile(join(directory, name), text);
        const after = await ensurePki(options(START));
        expect(after.renewed).toBe(true);
        expect(after.authority).toEqual(before.authority);
        for (const { certPem, keyPem } of [
          after.server,
          after.admin,
          after.router,
          after.frontProxy.client,
        ]) {
          expect(new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
        }
      }
    },
  );
});
