import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeContract } from '../contract/store-contract.ts';
import { newMemoryStore } from '../memory/memory-store.ts';
import { loadSecretbox } from './cipher.ts';
import { newEncryptedStore } from './encrypted-store.ts';
import {
  type EncryptionConfiguration,
  type EncryptionProvider,
  readEncryption,
} from './encryption-config.ts';
import { Keyring } from './keyring.ts';
import { reencrypt } from './reencrypt.ts';

const key = (name: string, size = 32) => ({ name, secret: randomBytes(size).toString('base64') });
const configOf = (
  providers: EncryptionProvider[],
  resources = ['secrets'],
): EncryptionConfiguration => ({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'EncryptionConfiguration',
  resources: [{ resources, providers }],
});
const prefixOf = (name: string) => (name === '*.*' ? '' : `/registry/${name}/`);
const keyringOf = (providers: EncryptionProvider[], resources?: string[]) => {
  const config = configOf(providers, resources);
  return new Keyring({ read: () => readEncryption(config), prefixOf });
};
const AT = '/registry/secrets/n/s';
const PLAIN = Buffer.from('{"data":"hunter2"}');

beforeAll(loadSecretbox);

storeContract('an encrypted store', async () =>
  newEncryptedStore(newMemoryStore(), keyringOf([{ aesgcm: { keys: [key('a')] } }], ['*.*'])),
);

describe.each<[string, EncryptionProvider]>([
  ['aescbc', { aescbc: { keys: [key('k')] } }],
  ['aescbc of 128 bits', { aescbc: { keys: [key('k', 16)] } }],
  ['aesgcm', { aesgcm: { keys: [key('k')] } }],
  ['secretbox', { secretbox: { keys: [key('k')] } }],
])('%s', (name, provider) => {
  it('keeps the plaintext out of the store, under the prefix of kube-apiserver', async () => {
    const raw = newMemoryStore();
    const store = newEncryptedStore(raw, keyringOf([provider]));
    const written = await store.write({ key: AT, value: PLAIN, expectedModRevision: 0 });
    expect(written.ok).toBe(true);
    const kind = name.split(' ')[0];
    const stored = Buffer.from((await raw.get(AT))?.value ?? []).toString('latin1');
    expect(stored.startsWith(`k8s:enc:${kind}:v1:k:`)).toBe(true);
    expect(stored).not.toContain('hunter2');
    expect(Buffer.from((await store.get(AT))?.value ?? [])).toEqual(PLAIN);
  });

  it('refuses what was tampered with, or made with another key of that name', async () => {
    const keyring = keyringOf([provider]);
    const sealed = Buffer.from(keyring.encrypt(AT, PLAIN));
    const kind = (name.split(' ')[0] ?? '') as 'aesgcm';
    if (kind === 'aesgcm')
      sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
    const size = Buffer.from(provider[kind]?.keys[0]?.secret ?? '', 'base64').length;
    const other = keyringOf([{ [kind]: { keys: [key('k', size)] } }]);
    const result = (() => {
      try {
        return Buffer.from(other.decrypt(AT, sealed)).equals(PLAIN);
      } catch {
        return false;
      }
    })();
    expect(result).toBe(false);
  });
});

describe('the keyring', () => {
  it('binds a value to its place (aesgcm)', () => {
    const keyring = keyringOf([{ aesgcm: { keys: [key('k')] } }]);
    const sealed = keyring.encrypt(AT, PLAIN);
    expect(() => keyring.decrypt('/registry/secrets/n/other', sealed)).toThrow('does not fit');
  });

  it('writes with the first key and reads with all, plain values too', async () => {
    const [old, next] = [key('old'), key('next')];
    const before = keyringOf([{ aescbc: { keys: [old] } }]);
    const after = keyringOf([{ aescbc: { keys: [next, old] } }, { identity: {} }]);
    expect(Buffer.from(after.decrypt(AT, before.encrypt(AT, PLAIN)))).toEqual(PLAIN);
    expect(Buffer.from(after.decrypt(AT, PLAIN))).toEqual(PLAIN);
    expect(Buffer.from(after.encrypt(AT, PLAIN)).toString('latin1')).toContain(':next:');
    expect(() => before.decrypt(AT, after.encrypt(AT, PLAIN))).toThrow(
      'no key "k8s:enc:aescbc:v1:next:" is configured',
    );
  });

  it('reads its configuration anew when it meets a key that it does not know', () => {
    const [old, next] = [key('old'), key('next')];
    let config = configOf([{ aesgcm: { keys: [old] } }]);
    const keyring = new Keyring({ read: () => readEncryption(config), prefixOf });
    config = configOf([{ aesgcm: { keys: [next, old] } }]);
    const sealed = new Keyring({ read: () => readEncryption(config), prefixOf }).encrypt(AT, PLAIN);
    expect(Buffer.from(keyring.decrypt(AT, sealed))).toEqual(PLAIN);
  });

  it('leaves other resources alone', () => {
    const keyring = keyringOf([{ aesgcm: { keys: [key('k')] } }]);
    expect(keyring.covers('/registry/configmaps/n/c')).toBe(false);
  });
});

describe('reencrypt', () => {
  it('writes with the new key what is under others, also after it was broken off', async () => {
    const raw = newMemoryStore();
    const old = key('old');
    const before = newEncryptedStore(raw, keyringOf([{ aescbc: { keys: [old] } }]));
    for (let index = 0; index < 5; index += 1)
      await before.write({ key: `${AT}${index}`, value: PLAIN, expectedModRevision: 0 });
    await raw.write({ key: `${AT}plain`, value: PLAIN, expectedModRevision: 0 });
    const keyring = keyringOf([
      { aesgcm: { keys: [key('new')] } },
      { aescbc: { keys: [old] } },
      { identity: {} },
    ]);
    let writes = 0;
    const breaking = newMemoryStore();
    breaking.list = raw.list.bind(raw);
    breaking.write = (write) => {
      writes += 1;
      return writes > 2 ? Promise.reject(new Error('killed')) : raw.write(write);
    };
    await expect(reencrypt(breaking, keyring)).rejects.toThrow('killed');
    expect(await reencrypt(raw, keyring)).toBe(4);
    expect(await reencrypt(raw, keyring)).toBe(0);
    const { items } = await newEncryptedStore(raw, keyring).list('/registry/secrets/');
    expect(items.map(({ value }) => Buffer.from(value).toString())).toEqual(
      Array(6).fill(PLAIN.toString()),
    );
  });
});

describe('readEncryption', () => {
  it.each<[string, object, string]>([
    ['another kind', { kind: 'Foo', apiVersion: 'v1' }, 'it must be an EncryptionConfiguration'],
    ['no resources', { ...configOf([]), resources: [] }, 'resources: Required value'],
    ['no providers', configOf([]), 'resources[0].providers: Required value'],
    ['no keys', configOf([{ aescbc: { keys: [] } }]), 'providers[0].aescbc.keys: Required value'],
    [
      'a short key',
      configOf([{ secretbox: { keys: [key('k', 16)] } }]),
      'secret is not of the expected length, got 16, expected one of [32]',
    ],
    [
      'text that is no base64',
      configOf([{ aescbc: { keys: [{ name: 'k', secret: 'ä' }] } }]),
      'secrets must be base64 encoded',
    ],
    ['kms', configOf([{ kms: {} } as EncryptionProvider]), 'this provider is not supported'],
    ['a colon', configOf([{ aescbc: { keys: [key('a:b')] } }]), 'must not contain ":"'],
  ])('refuses %s', (_case, config, message) => {
    expect(() => readEncryption(config as EncryptionConfiguration)).toThrow(message);
  });
});
