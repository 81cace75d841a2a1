import { type Cipher, identity, newAesCbc, newAesGcm, newSecretbox } from './cipher.ts';

/** EncryptionKey is a named key, base64. */
export interface EncryptionKey {
  readonly name: string;
  readonly secret: string;
}

/** EncryptionProvider is one of the ways to encrypt; exactly one field is set. */
export interface EncryptionProvider {
  readonly identity?: object;
  readonly aescbc?: { readonly keys: readonly EncryptionKey[] };
  readonly aesgcm?: { readonly keys: readonly EncryptionKey[] };
  readonly secretbox?: { readonly keys: readonly EncryptionKey[] };
}

/** EncryptionConfiguration is that of apiserver.config.k8s.io/v1: the first provider writes, all read. */
export interface EncryptionConfiguration {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resources: readonly {
    readonly resources: readonly string[];
    readonly providers: readonly EncryptionProvider[];
  }[];
}

/** NamedCipher is a cipher with the text that begins its values; empty for values that are plain. */
export interface NamedCipher {
  readonly prefix: string;
  readonly cipher: Cipher;
}

/** EncryptionConfigError: a configuration cannot be used; the message says where and why. */
export class EncryptionConfigError extends Error {
  override readonly name = 'EncryptionConfigError';
}

const KINDS = {
  aescbc: { sizes: [16, 24, 32], make: newAesCbc },
  aesgcm: { sizes: [16, 24, 32], make: newAesGcm },
  secretbox: { sizes: [32], make: newSecretbox },
} as const;

type Kind = keyof typeof KINDS;

/** ENCRYPTED begins every value that is encrypted, as in kube-apiserver's etcd. */
export const ENCRYPTED = 'k8s:enc:';

function keyBytes(kind: Kind, key: EncryptionKey, path: string): Buffer {
  const { name, secret } = key;
  if (!name) throw new EncryptionConfigError(`${path}.name: Required value: key name is required`);
  if (name.includes(':'))
    throw new EncryptionConfigError(`${path}.name: Invalid value: "${name}": must not contain ":"`);
  if (!secret)
    throw new EncryptionConfigError(`${path}.secret: Required value: secret must be provided`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(secret) || secret.length % 4 !== 0)
    throw new EncryptionConfigError(
      `${path}.secret: Invalid value: "REDACTED": secrets must be base64 encoded`,
    );
  const bytes = Buffer.from(secret, 'base64');
  const { sizes } = KINDS[kind];
  if (!(sizes as readonly number[]).includes(bytes.length)) {
    throw new EncryptionConfigError(
      `${path}.secret: Invalid value: "REDACTED": secret is not of the expected length, got ${bytes.length}, expected one of [${sizes.join(' ')}]`,
    );
  }
  return bytes;
}

function ciphersOf(provider: EncryptionProvider, path: string): NamedCipher[] {
  const set = Object.keys(provider ?? {});
  if (set.length !== 1) {
    const detail =
      set.length === 0
        ? 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity'
        : 'more than one provider specified in a single element, should split into different list elements';
    throw new EncryptionConfigError(
      `${path}: ${set.length === 0 ? 'Required value' : 'Invalid value'}: ${detail}`,
    );
  }
  const [kind = ''] = set;
  if (kind === 'identity') return [{ prefix: '', cipher: identity }];
  if (!(kind in KINDS))
    throw new EncryptionConfigError(
      `${path}.${kind}: this provider is not supported; use aescbc, aesgcm, secretbox or identity`,
    );
  const known = kind as Kind;
  const keys = provider[known]?.keys ?? [];
  if (keys.length === 0)
    throw new EncryptionConfigError(
      `${path}.${kind}.keys: Required value: at least one key is required`,
    );
  return keys.map((key, index) => ({
    prefix: `${ENCRYPTED}${kind}:v1:${key.name}:`,
    cipher: KINDS[known].make(keyBytes(known, key, `${path}.${kind}.keys[${index}]`)),
  }));
}

/** ResourceEncryption says how the values of some resources are kept: the first cipher writes. */
export interface ResourceEncryption {
  /** `secrets`, `deployments.apps`, `*.apps` (a whole group) or `*.*` (everything). */
  readonly resources: readonly string[];
  readonly ciphers: readonly NamedCipher[];
}

/** readEncryption checks a configuration and makes its ciphers. Throws an EncryptionConfigError. */
export function readEncryption(config: EncryptionConfiguration): ResourceEncryption[] {
  const { apiVersion, kind, resources } = config ?? {};
  if (kind !== 'EncryptionConfiguration' || apiVersion !== 'apiserver.config.k8s.io/v1') {
    throw new EncryptionConfigError(
      `error while parsing file: it must be an EncryptionConfiguration of apiserver.config.k8s.io/v1, not ${kind} of ${apiVersion}`,
    );
  }
  if (!resources?.length)
    throw new EncryptionConfigError('resources: Required value: at least one resource is required');
  return resources.map((one, index) => {
    const path = `resources[${index}]`;
    if (!one.resources?.length)
      throw new EncryptionConfigError(
        `${path}.resources: Required value: at least one resource is required`,
      );
    if (!one.providers?.length)
      throw new EncryptionConfigError(
        `${path}.providers: Required value: at least one provider is required`,
      );
    const bad = one.resources.find((name) => name === '*' || name === '*.' || name === '');
    if (bad !== undefined)
      throw new EncryptionConfigError(
        `${path}.resources: Invalid value: "${bad}": use '*.*' for all resources, or name them`,
      );
    const ciphers = one.providers.flatMap((provider, at) =>
      ciphersOf(provider, `${path}.providers[${at}]`),
    );
    return { resources: one.resources, ciphers };
  });
}
