import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newEncryptedStore } from '../../storage/encryption/encrypted-store.ts';
import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import { rotateEncryptionKey } from '../platform/encryption-key.ts';
import { pathsOf } from '../platform/paths.ts';
import { encryptionFlags, newEncryption, openKeyring } from './encryption.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-keys-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true });
});

it('encrypts the rest with a new key when a disk that was full has room again', async () => {
  const raw = newMemoryStore();
  const flags = await encryptionFlags({}, pathsOf(directory), raw);
  const secrets = newEncryptedStore(raw, await openKeyring(flags));
  for (const name of ['a', 'b', 'c']) {
    const key = `/registry/secrets/default/${name}`;
    await secrets.write({ key, value: Buffer.from(name), expectedModRevision: 0 });
  }
  await rotateEncryptionKey(pathsOf(directory).encryption);
  const sealed = async () =>
    (await raw.list('')).items.map((one) => Buffer.from(one.value).toString().split(':')[4]);

  let left = 1;
  const full = Object.assign(Object.create(raw) as typeof raw, {
    list: raw.list.bind(raw),
    write: (...args: Parameters<typeof raw.write>) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('no space left')) : raw.write(...args);
    },
  });
  const said: string[] = [];
  const note = (_: object, message: string) => said.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const encryption = newEncryption(flags, await openKeyring(flags), { raw: full, log });
  encryption.start();
  await expect.poll(() => said).toHaveLength(1);
  expect(said).toEqual(['not everything is encrypted with the first key; it is tried again']);
  expect((await sealed()).filter((key) => key === 'key2')).toHaveLength(1);

  left = Number.POSITIVE_INFINITY;
  await vi.advanceTimersByTimeAsync(60_000);
  await expect.poll(() => said).toHaveLength(2);
  expect(await sealed()).toEqual(['key2', 'key2', 'key2']);
  encryption.close();
});

it('does not make a new key in place of a lost one that is needed', async () => {
  const paths = pathsOf(directory);
  const raw = newMemoryStore();
  await raw.write({
    key: '/registry/configmaps/default/plain',
    value: Buffer.from('plain'),
    expectedModRevision: 0,
  });
  const secrets = newEncryptedStore(raw, await openKeyring(await encryptionFlags({}, paths, raw)));
  await rm(paths.encryption);
  expect(await encryptionFlags({}, paths, raw)).toMatchObject({
    '--encryption-provider-config': paths.encryption,
  });
  const key = '/registry/secrets/default/a';
  await secrets.write({ key, value: Buffer.from('secret'), expectedModRevision: 0 });
  await rm(paths.encryption);
  await expect(encryptionFlags({}, paths, raw)).rejects.toThrow(
    `${paths.encryption} cannot be used: it is missing, and ${key} is encrypted with it`,
  );
  expect(existsSync(paths.encryption)).toBe(false);
});
