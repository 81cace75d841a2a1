import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Cipher encrypts values with one key. `context` is the key of the store under which a value is. */
export interface Cipher {
  encrypt(value: Uint8Array, context: string): Buffer;
  /** decrypt throws when the value was not made with this key. */
  decrypt(value: Uint8Array, context: string): Buffer;
}

const CBC_BLOCK = 16;
const GCM_NONCE = 12;
const GCM_TAG = 16;

/** newAesCbc is AES-CBC with PKCS #7 padding and a random IV in front (kube-apiserver's `aescbc`). */
export function newAesCbc(key: Uint8Array): Cipher {
  const algorithm = `aes-${key.length * 8}-cbc`;
  return {
    encrypt(value) {
      const iv = randomBytes(CBC_BLOCK);
      const cipher = createCipheriv(algorithm, key, iv);
      return Buffer.concat([iv, cipher.update(value), cipher.final()]);
    },
    decrypt(value) {
      const decipher = createDecipheriv(algorithm, key, value.subarray(0, CBC_BLOCK));
      return Buffer.concat([decipher.update(value.subarray(CBC_BLOCK)), decipher.final()]);
    },
  };
}

/**
 * newAesGcm is AES-GCM with a random nonce in front and the store's key as authenticated data
 * (kube-apiserver's `aesgcm`): a value that is moved to another key does not decrypt.
 */
export function newAesGcm(key: Uint8Array): Cipher {
  const algorithm = `aes-${key.length * 8}-gcm` as 'aes-256-gcm';
  return {
    encrypt(value, context) {
      const nonce = randomBytes(GCM_NONCE);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(value, context) {
      const end = value.length - GCM_TAG;
      const decipher = createDecipheriv(algorithm, key, value.subarray(0, GCM_NONCE))
        .setAAD(Buffer.from(context))
        .setAuthTag(value.subarray(end));
      return Buffer.concat([decipher.update(value.subarray(GCM_NONCE, end)), decipher.final()]);
    },
  };
}

const SECRETBOX_NONCE = 24;

type SecretboxLibrary = typeof import('@noble/ciphers/salsa.js');
let secretbox: SecretboxLibrary | undefined;

/** loadSecretbox loads what newSecretbox needs; only who configures it pays for it. */
export async function loadSecretbox(): Promise<void> {
  secretbox ??= await import('@noble/ciphers/salsa.js');
}

/**
 * newSecretbox is XSalsa20 and Poly1305 with a random nonce in front (kube-apiserver's
 * `secretbox`). Call loadSecretbox before.
 */
export function newSecretbox(key: Uint8Array): Cipher {
  const box = (nonce: Uint8Array) => {
    if (!secretbox) throw new Error('secretbox is used before it was loaded');
    return secretbox.xsalsa20poly1305(key, nonce);
  };
  return {
    encrypt(value) {
      const nonce = randomBytes(SECRETBOX_NONCE);
      return Buffer.concat([nonce, box(nonce).encrypt(value)]);
    },
    decrypt(value) {
      const nonce = value.subarray(0, SECRETBOX_NONCE);
      return Buffer.from(box(nonce).decrypt(value.subarray(SECRETBOX_NONCE)));
    },
  };
}

/** identity leaves values as they are. */
export const identity: Cipher = {
  encrypt: (value) => Buffer.from(value),
  decrypt: (value) => Buffer.from(value),
};
