import type { Store } from '../store.ts';
import type { Keyring } from './keyring.ts';

const PAGE = 100;

/**
 * reencrypt writes every value anew that is not encrypted with the key that writes today, and
 * answers how many there were. `raw` is the store below the encryption. A value that changes
 * meanwhile is left to its writer. It can be broken off and begun again at any time.
 */
export async function reencrypt(raw: Store, keyring: Keyring): Promise<number> {
  let count = 0;
  for (const prefix of keyring.prefixes) {
    let after = '';
    for (let more = true; more; ) {
      const page = await raw.list(prefix, { limit: PAGE, ...(after !== '' && { after }) });
      for (const { key, value, modRevision } of page.items) {
        after = key;
        if (!keyring.isStale(key, value)) continue;
        const sealed = keyring.encrypt(key, keyring.decrypt(key, value));
        await raw.write({ key, value: sealed, expectedModRevision: modRevision });
        count += 1;
      }
      more = page.more;
    }
  }
  return count;
}
