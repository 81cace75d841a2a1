import type { Store } from '../store.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** bytes is the UTF-8 form of a text. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** text is the inverse of bytes. */
export function text(value: Uint8Array): string {
  return decoder.decode(value);
}

/** put writes a value whatever the key had, and answers the revision. */
export async function put(store: Store, key: string, value: string): Promise<number> {
  const expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const result = await store.write({ key, value: bytes(value), expectedModRevision });
  if (!result.ok) throw new Error(`put ${key} lost`);
  return result.revision;
}

/** remove deletes a key that is there, and answers the revision. */
export async function remove(store: Store, key: string): Promise<number> {
  const expectedModRevision = (await store.get(key))?.modRevision ?? 0;
  const result = await store.write({ key, value: null, expectedModRevision });
  if (!result.ok) throw new Error(`delete ${key} lost`);
  return result.revision;
}

/** shown answers what is listed below a prefix, now or at a revision, as `key=value` in one line. */
export async function shown(store: Store, prefix: string, revision?: number): Promise<string> {
  const list = await store.list(prefix, revision === undefined ? {} : { revision });
  return list.items.map((one) => `${one.key}=${text(one.value)}`).join(' ');
}
