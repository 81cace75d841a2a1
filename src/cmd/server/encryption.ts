import { existsSync, readFileSync, unwatchFile, watchFile } from 'node:fs';
import { KeyFileError } from '../../apiserver/access/key-files.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import { REGISTRY_PREFIX, resourcePrefix } from '../../apiserver/storage-key.ts';
import { eachValue } from '../../storage/each-value.ts';
import { loadSecretbox } from '../../storage/encryption/cipher.ts';
import { readEncryption } from '../../storage/encryption/encryption-config.ts';
import { isEncrypted, Keyring } from '../../storage/encryption/keyring.ts';
import { reencrypt } from '../../storage/encryption/reencrypt.ts';
import type { Store } from '../../storage/store.ts';
import type { ApiFlags } from '../platform/api-flags.ts';
import { ensureEncryptionKey } from '../platform/encryption-key.ts';
import type { Paths } from '../platform/paths.ts';

const FLAG = '--encryption-provider-config';
const RELOAD_CHECK_MS = 5000;
/** RETRY_MS is how long after a failure (a full disk) the rest is written anew. */
const RETRY_MS = 60_000;

/** prefixOf: `secrets`, `deployments.apps`, `*.apps`, `*.*` as places in the store. */
function prefixOf(resource: string): string {
  if (resource === '*.*') return REGISTRY_PREFIX;
  const dot = resource.indexOf('.');
  const [name, group] =
    dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
  if (name === '*') return `${REGISTRY_PREFIX}${group}/`;
  return resourcePrefix({ group, resource: name });
}

/**
 * encryptionFlags answers the flags with the file that says how values are encrypted: the one that
 * was given, or the installation's own. That is made where it is missing and `raw`, the store below
 * the encryption, holds nothing encrypted; else its loss is a KeyFileError, and no key is made that
 * would hide it.
 */
export async function encryptionFlags(
  flags: ApiFlags,
  { encryption }: Paths,
  raw: Store,
): Promise<ApiFlags> {
  if (flags[FLAG]) return flags;
  if (!existsSync(encryption)) {
    const lost = await firstEncrypted(raw);
    if (lost) throw new KeyFileError(encryption, `it is missing, and ${lost} is encrypted with it`);
  }
  await ensureEncryptionKey(encryption);
  return { ...flags, [FLAG]: encryption };
}

/** firstEncrypted answers a key of the store whose value is encrypted; undefined: there is none. */
async function firstEncrypted(raw: Store): Promise<string | undefined> {
  for await (const { key, value } of eachValue(raw, REGISTRY_PREFIX)) {
    if (isEncrypted(value)) return key;
  }
  return undefined;
}

/** openKeyring reads the file that the flags name. Throws when it cannot be used. */
export async function openKeyring(flags: ApiFlags): Promise<Keyring> {
  const path = flags[FLAG] ?? '';
  try {
    return await keyringOf(path);
  } catch (error) {
    throw new KeyFileError(path, (error as Error).message, error);
  }
}

async function keyringOf(path: string): Promise<Keyring> {
  const text = readFileSync(path, 'utf8');
  const yaml = text.trimStart().startsWith('{') ? undefined : await import('yaml');
  if (text.includes('secretbox')) await loadSecretbox();
  const parse = (source: string) => (yaml ? yaml.parse(source) : JSON.parse(source));
  return new Keyring({ read: () => readEncryption(parse(readFileSync(path, 'utf8'))), prefixOf });
}

/** Encryption keeps what is in the store encrypted with the key that writes. */
export interface Encryption {
  /** start writes anew what is under other keys, now and after every change of the file. */
  start(): void;
  close(): void;
}

/** newEncryption follows the configuration of a keyring; `raw` is the store below the encryption. */
export function newEncryption(
  flags: ApiFlags,
  keyring: Keyring,
  { raw, log }: { readonly raw: Store; readonly log: ApiLog },
): Encryption {
  const path = flags[FLAG] ?? '';
  let running = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  let closed = false;
  const rewrite = async () => {
    if (closed) return;
    try {
      const count = await reencrypt(raw, keyring);
      if (count > 0) log.info({ count }, 'everything is encrypted with the first key');
    } catch (error) {
      if (closed) return;
      log.error(
        { err: error },
        'not everything is encrypted with the first key; it is tried again',
      );
      again = setTimeout(begin, RETRY_MS);
      again.unref();
    }
  };
  const begin = () => {
    clearTimeout(again);
    running = running.then(rewrite);
  };
  const onChange = () => {
    try {
      keyring.reload();
      log.info({ path }, 'the encryption configuration was read anew');
      begin();
    } catch (error) {
      log.error({ err: error, path }, 'the encryption configuration is wrong; the old one is used');
    }
  };
  return {
    start() {
      watchFile(path, { interval: RELOAD_CHECK_MS, persistent: false }, onChange);
      begin();
    },
    close() {
      closed = true;
      clearTimeout(again);
      unwatchFile(path, onChange);
    },
  };
}
