import { eachValue } from '../each-value.ts';
import type { Store } from '../store.ts';
import type { Keyring } from './keyring.ts';

/**
 * reencrypt writes every value anew that is not encrypted with the key that writes today, and
 * answers how many there were. `raw` is the store below the encryption. A value that changes
 * meanwhile is left to its writer. It can be broken off and begun again at any time.
 */
export async function reencrypt(raw: Store, keyring: Keyring): Promise<number> {
  let count = 0;
  for (const prefix of keyring.prefixes) {
    for await (const { key, value, modRevision } of eachValue(raw, prefix)) {
      if (!keyring.isStale(key, value)) continue;
      const sealed = keyring.encrypt(key, keyring.decrypt(key, value));
      await raw.write({ key, value: sealed, expectedModRevision: modRevision });
      count += 1;
    }
  }
  return count;
}
