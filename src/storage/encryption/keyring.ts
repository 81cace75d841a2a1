import { ENCRYPTED, type NamedCipher, type ResourceEncryption } from './encryption-config.ts';

/** KeyringOptions: `prefixOf` answers where in the store the objects of a configured name are. */
export interface KeyringOptions {
  /** Reads the configuration anew; asked when a value names a key that is not known. */
  read(): readonly ResourceEncryption[];
  prefixOf(resource: string): string;
}

interface Place {
  readonly prefix: string;
  readonly ciphers: readonly NamedCipher[];
}

/** DecryptionError: a stored value cannot be read with the keys that there are. */
class DecryptionError extends Error {
  constructor(key: string, detail: string, cause?: unknown) {
    super(`${key} cannot be decrypted: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'DecryptionError';
  }
}

const LONGEST_PREFIX = 256;

function beginsWith(value: Uint8Array, prefix: string): boolean {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    .subarray(0, Buffer.byteLength(prefix))
    .equals(Buffer.from(prefix));
}

/** isEncrypted tells whether a stored value is encrypted, with whatever key. */
export function isEncrypted(stored: Uint8Array): boolean {
  return beginsWith(stored, ENCRYPTED);
}

/** keyNameOf is the prefix of an encrypted value, for messages; empty: it is plain. */
function keyNameOf(value: Uint8Array): string {
  const start = Buffer.from(value.subarray(0, LONGEST_PREFIX)).toString('latin1');
  return /^k8s:enc:[^:]*:v1:[^:]*:/.exec(start)?.[0] ?? '';
}

/**
 * Keyring knows which values are encrypted, and with which keys: the first of a resource writes,
 * all of them read.
 */
export class Keyring {
  readonly #options: KeyringOptions;
  #places: readonly Place[] = [];

  constructor(options: KeyringOptions) {
    this.#options = options;
    this.reload();
  }

  /** reload reads the configuration anew. What cannot be read throws and changes nothing. */
  reload(): void {
    const places = this.#options
      .read()
      .flatMap(({ resources, ciphers }) =>
        resources.map((one) => ({ prefix: this.#options.prefixOf(one), ciphers })),
      );
    this.#places = places;
  }

  /** prefixes are where in the store values are encrypted. */
  get prefixes(): readonly string[] {
    return this.#places.map((one) => one.prefix);
  }

  /** covers tells whether the value of a key is, or may be, encrypted. */
  covers(key: string): boolean {
    return this.#placeOf(key) !== undefined;
  }

  /** encrypt makes the stored form of a value. */
  encrypt(key: string, value: Uint8Array): Uint8Array {
    const [first] = this.#placeOf(key)?.ciphers ?? [];
    if (!first || first.prefix === '') return value;
    return Buffer.concat([Buffer.from(first.prefix), first.cipher.encrypt(value, key)]);
  }

  /** decrypt answers the value of a stored form. Throws a DecryptionError. */
  decrypt(key: string, stored: Uint8Array): Uint8Array {
    if (!isEncrypted(stored)) return stored;
    const name = keyNameOf(stored);
    const known = this.#find(key, name);
    if (!known) throw new DecryptionError(key, `no key ${JSON.stringify(name)} is configured`);
    try {
      return known.cipher.decrypt(stored.subarray(known.prefix.length), key);
    } catch (error) {
      throw new DecryptionError(key, `the key ${JSON.stringify(name)} does not fit`, error);
    }
  }

  /** isStale is true for a stored value that would be written with another key today. */
  isStale(key: string, stored: Uint8Array): boolean {
    const [first] = this.#placeOf(key)?.ciphers ?? [];
    return first !== undefined && keyNameOf(stored) !== first.prefix;
  }

  #find(key: string, name: string): NamedCipher | undefined {
    const find = () => this.#placeOf(key)?.ciphers.find((one) => one.prefix === name);
    const known = find();
    if (known) return known;
    // Another thread may have written with a key that was added since.
    this.reload();
    return find();
  }

  #placeOf(key: string): Place | undefined {
    for (const place of this.#places) if (key.startsWith(place.prefix)) return place;
    return undefined;
  }
}
