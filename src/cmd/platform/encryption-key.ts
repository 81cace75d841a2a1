import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyFileError, readIfThere, writeDurably } from '../../apiserver/access/key-files.ts';
import type {
  EncryptionConfiguration,
  EncryptionKey,
} from '../../storage/encryption/encryption-config.ts';

const KEY_BYTES = 32;

function configOf(keys: readonly EncryptionKey[]): EncryptionConfiguration {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers: [{ aesgcm: { keys } }, { identity: {} }] }],
  };
}

async function writePrivately(path: string, config: EncryptionConfiguration): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, `${JSON.stringify(config, null, 2)}\n`);
}

function newKey(number: number): EncryptionKey {
  return { name: `key${number}`, secret: randomBytes(KEY_BYTES).toString('base64') };
}

async function keysIn(path: string): Promise<readonly EncryptionKey[] | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const config = JSON.parse(text) as EncryptionConfiguration;
    return config.resources[0]?.providers[0]?.aesgcm?.keys ?? [];
  } catch (error) {
    throw new KeyFileError(path, (error as Error).message, error);
  }
}

/**
 * ensureEncryptionKey makes the installation's own key where there is none, readable by its owner
 * only: secrets are encrypted from the first start on.
 */
export async function ensureEncryptionKey(path: string): Promise<void> {
  if ((await keysIn(path)) === undefined) await writePrivately(path, configOf([newKey(1)]));
}

/**
 * rotateEncryptionKey puts a new key before the others and answers its name. The server notices by
 * itself and writes everything anew with it; the old keys stay, to read what is not written yet.
 */
export async function rotateEncryptionKey(path: string): Promise<string> {
  const keys = (await keysIn(path)) ?? [];
  const numbers = keys.map(({ name }) => Number(name.replace(/\D+/g, '')) || 0);
  const next = newKey(Math.max(0, ...numbers) + 1);
  await writePrivately(path, configOf([next, ...keys]));
  return next.name;
}
