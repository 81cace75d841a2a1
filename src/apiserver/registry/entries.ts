import type { KubeObject } from '../../machinery/object.ts';
import { newRequestEntityTooLarge } from '../../machinery/status-error.ts';
import type { CacheWrite, CacheWriteResult } from '../cache/cache-hub.ts';
import type { Entry } from '../cache/entry.ts';
import type { StoredResource } from './registry.ts';
import { wireForm } from './wire-form.ts';

/** MAX_OBJECT_BYTES is the size above which an object is not stored (etcd's default). */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

type Put = NonNullable<CacheWrite['put']>;

/** readEntry answers an object as the cache has it, in the version that is served. */
export function readEntry(
  stored: StoredResource,
  namespace: string,
  name: string,
): Entry | undefined | Promise<Entry> {
  return servedEntry(stored, stored.cache.get(namespace, name));
}

/** servedEntry answers an entry in the form of the store in the version that is served. */
export function servedEntry(
  stored: StoredResource,
  entry: Entry | undefined,
): Entry | undefined | Promise<Entry> {
  if (entry === undefined || stored.view === undefined) return entry;
  return stored.view.entry(entry);
}

/** encodeDraft encodes a draft in its wire form for the store; throws 413 for one that is too large. */
export function encodeDraft(stored: StoredResource, draft: KubeObject): Put | Promise<Put> {
  const { view, definition, registry } = stored;
  if (!view) return encoded(stored, draft);
  const own = registry.versionsOf(definition).find((one) => one.storedAs === undefined);
  return view
    .toStored(draft)
    .then((converted) => encoded(stored, own ? wireForm(own, converted) : converted));
}

function encoded(stored: StoredResource, draft: KubeObject): Put {
  const value = stored.cache.codec.encode(draft);
  if (value.length > MAX_OBJECT_BYTES) {
    throw newRequestEntityTooLarge(`limit is ${MAX_OBJECT_BYTES}`);
  }
  return { draft, value };
}

/**
 * writeEntry does one compare-and-set; what it replaces and answers is in the version that is served.
 * What `onQueued` is told, before the call returns or not at all, is in the form of the store.
 */
export async function writeEntry(
  stored: StoredResource,
  write: CacheWrite,
  onQueued?: (entry: Entry) => void,
): Promise<CacheWriteResult> {
  const { cache, registry, view } = stored;
  if (!view) return registry.hub.write(cache, write, onQueued);
  const replaces = write.replaces && view.source(write.replaces);
  const result = await registry.hub.write(cache, { ...write, replaces }, onQueued);
  return result.ok ? { ok: true, entry: await view.entry(result.entry) } : result;
}
