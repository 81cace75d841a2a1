import { readFileSync } from 'node:fs';
import {
  type EncryptionConfiguration,
  readEncryption,
} from '../../../src/storage/encryption/encryption-config.ts';
import { Keyring } from '../../../src/storage/encryption/keyring.ts';
import { reencrypt } from '../../../src/storage/encryption/reencrypt.ts';
import { openLmdbStore } from '../../../src/storage/lmdb/lmdb-store.ts';

// Encrypts a store with the first key of a configuration: DIRECTORY CONFIG.
const [directory = '', path = ''] = process.argv.slice(2);
const keyring = new Keyring({
  read: () => readEncryption(JSON.parse(readFileSync(path, 'utf8')) as EncryptionConfiguration),
  prefixOf: (name) => `/registry/${name}/`,
});
const store = await openLmdbStore(directory);
process.stdout.write('READY\n');
await reencrypt(store, keyring);
process.stdout.write('DONE\n');
await store.close();
