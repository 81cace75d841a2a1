import { createHash, type Hash } from 'node:crypto';
import { isDigest } from '../machinery/image-reference.ts';
import { RegistryError } from './registry-error.ts';

/** Digest is a checked `sha256:…` or `sha512:…`; its parts are safe as file names. */
export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
  readonly text: string;
}

/** parseDigest throws DIGEST_INVALID for anything that is not a supported digest. */
export function parseDigest(text: string): Digest {
  const [algorithm, hex = ''] = text.split(':');
  if (!isDigest(text) || (algorithm !== 'sha256' && algorithm !== 'sha512'))
    throw new RegistryError('DIGEST_INVALID', 'provided digest is not a valid sha256 or sha512', {
      detail: { digest: text.slice(0, 200) },
    });
  return { algorithm, hex, text };
}

/** digestOf computes the digest of bytes that are in memory. */
export function digestOf(bytes: Uint8Array, algorithm: Digest['algorithm'] = 'sha256'): Digest {
  return digestFrom(createHash(algorithm).update(bytes), algorithm);
}

/** digestFrom finishes a copy of a running hash, which stays usable. */
export function digestFrom(hash: Hash, algorithm: Digest['algorithm']): Digest {
  const hex = hash.copy().digest('hex');
  return { algorithm, hex, text: `${algorithm}:${hex}` };
}
