import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEncryption } from '../../storage/encryption/encryption-config.ts';
import { ensureEncryptionKey, rotateEncryptionKey } from './encryption-key.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'encryption-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('makes a key once, for its owner only, and puts new ones before it', async () => {
  const path = join(directory, 'pki', 'encryption.json');
  const prefixes = async () => {
    const [secrets] = readEncryption(JSON.parse(await readFile(path, 'utf8')));
    expect(secrets?.resources).toEqual(['secrets']);
    return secrets?.ciphers.map((one) => one.prefix);
  };
  await ensureEncryptionKey(path);
  const first = await readFile(path, 'utf8');
  await ensureEncryptionKey(path);
  expect(await readFile(path, 'utf8')).toBe(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await prefixes()).toEqual(['k8s:enc:aesgcm:v1:key1:', '']);
  expect(await rotateEncryptionKey(path)).toBe('key2');
  expect(await prefixes()).toEqual(['k8s:enc:aesgcm:v1:key2:', 'k8s:enc:aesgcm:v1:key1:', '']);
});
