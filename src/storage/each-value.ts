import type { Store, StoredValue } from './store.ts';

const PAGE = 100;

/**
 * eachValue reads the newest versions of the keys that begin with a prefix, in the order of the
 * keys, page by page: what is written meanwhile behind the page that is read comes as it is then.
 */
export async function* eachValue(store: Store, prefix: string): AsyncGenerator<StoredValue> {
  let after = '';
  for (let more = true; more; ) {
    const page = await store.list(prefix, { limit: PAGE, ...(after !== '' && { after }) });
    yield* page.items;
    after = page.items.at(-1)?.key ?? after;
    more = page.more;
  }
}
