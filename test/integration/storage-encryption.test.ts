import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEncryptionKey, rotateEncryptionKey } from '../../src/cmd/platform/encryption-key.ts';
import { newEncryptedStore } from '../../src/storage/encryption/encrypted-store.ts';
import { readEncryption } from '../../src/storage/encryption/encryption-config.ts';
import { Keyring } from '../../src/storage/encryption/keyring.ts';
import { reencrypt } from '../../src/storage/encryption/reencrypt.ts';
import { openLmdbStore } from '../../src/storage/lmdb/lmdb-store.ts';
import { bundleProgram } from './support/bundle.ts';

const COUNT = 400;
const ROTATIONS = 6;
let program: string;
let directory: string;
let config: string;
let data: string;

const keyring = () =>
  new Keyring({
    read: () => readEncryption(JSON.parse(readFileSync(config, 'utf8'))),
    prefixOf: (name) => `/registry/${name}/`,
  });
const keyOf = (index: number) => `/registry/secrets/n/s${index}`;
const plainOf = (index: number) => `{"password":"plaintext-of-${index}"}`;

beforeAll(async () => {
  program = await bundleProgram('test/integration/support/reencrypt-program.ts');
  directory = await mkdtemp(join(tmpdir(), 'sampan-encryption-'));
  config = join(directory, 'encryption.json');
  data = join(directory, 'store');
  await ensureEncryptionKey(config);
  const store = newEncryptedStore(await openLmdbStore(data), keyring());
  for (let index = 0; index < COUNT; index += 1) {
    const value = Buffer.from(plainOf(index));
    await store.write({ key: keyOf(index), value, expectedModRevision: 0 });
  }
  await store.close();
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(program);
});

/** Runs the rotation and kills it so long after it began; answers whether it was finished. */
async function rotateAndKill(delayMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, data, config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), delayMs);
    output += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return output.includes('DONE');
}

/** Checks that every secret reads as it was written, and answers the keys that are in use. */
async function check(): Promise<string[]> {
  const raw = await openLmdbStore(data);
  const store = newEncryptedStore(raw, keyring());
  const names = new Set<string>();
  for (let index = 0; index < COUNT; index += 1) {
    const value = Buffer.from((await store.get(keyOf(index)))?.value ?? []).toString();
    expect(value).toBe(plainOf(index));
    const sealed = Buffer.from((await raw.get(keyOf(index)))?.value ?? []).toString('latin1');
    names.add(sealed.split(':')[4] ?? '');
  }
  await store.close();
  return [...names].sort();
}

describe('a store of encrypted secrets', () => {
  it('has no plaintext in its files', async () => {
    expect((await readFile(join(data, 'data.mdb'))).includes('plaintext-of-')).toBe(false);
    expect(await check()).toEqual(['key1']);
  });

  it('reads everything whenever a rotation is killed, and ends it the next time', async () => {
    let unfinished = 0;
    for (let round = 0; round < ROTATIONS; round += 1) {
      await rotateEncryptionKey(config);
      if (!(await rotateAndKill(round * 3))) unfinished += 1;
      await check();
    }
    expect(unfinished).toBeGreaterThan(0);
    const raw = await openLmdbStore(data);
    await reencrypt(raw, keyring());
    await raw.close();
    expect(await check()).toEqual([`key${ROTATIONS + 1}`]);
    expect((await readFile(join(data, 'data.mdb'))).includes('plaintext-of-')).toBe(false);
  });
});
