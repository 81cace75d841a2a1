import type { ListMeta } from '../../machinery/meta/v1.ts';
import type { KubeList, KubeObject, ResourceType } from '../../machinery/object.ts';
import { Steps } from '../../machinery/steps.ts';
import type { Entry } from '../cache/entry.ts';
import { namesOf } from '../cache/entry-codec.ts';
import { chunksOf, type ListParts, type Payload, partsBytes, partsPayload } from './payload.ts';

/**
 * ListPayload is a list of entries: its bytes are the entries' bytes joined. On the wire, items of
 * kinds that are built in have no kind and apiVersion, those of custom ones have both.
 */
export class ListPayload implements Payload {
  readonly entries: readonly Entry[];
  /** How many bytes of each entry are left out; 0: none. */
  readonly #left: number;
  #itemsBytes: number | undefined;
  #prepared: KubeObject[] | undefined;
  readonly #head: {
    readonly kind: string;
    readonly apiVersion: string;
    readonly metadata: ListMeta;
  };

  constructor(
    type: { apiVersion: string; kind: string },
    metadata: ListMeta,
    entries: readonly Entry[],
    builtIn?: ResourceType,
  ) {
    this.#head = { kind: type.kind, apiVersion: type.apiVersion, metadata };
    this.entries = entries;
    this.#left = builtIn ? Buffer.byteLength(namesOf(builtIn)) : 0;
  }

  /** metadata is the list's own. */
  get metadata(): ListMeta {
    return this.#head.metadata;
  }

  get object(): KubeList<KubeObject> {
    const items = this.#prepared ?? this.entries.map((entry) => entry.object);
    return { ...this.#head, items };
  }

  async prepare(): Promise<void> {
    // Entries may forget the first objects before the last ones are parsed.
    const objects: KubeObject[] = [];
    await eachEntry(this.entries, (entry) => objects.push(entry.object));
    this.#prepared = objects;
  }

  get parts(): ListParts {
    const { entries } = this;
    const left = this.#left;
    this.#itemsBytes ??= entries.reduce((sum, entry) => sum + entry.sizeBytes - left, 0);
    const itemsBytes = this.#itemsBytes;
    const items = { [Symbol.iterator]: () => bytesOf(entries, left) };
    const opening = left > 0 ? ({ opening: '{' } as const) : {};
    return {
      head: this.#head,
      field: 'items',
      items,
      ...opening,
      count: entries.length,
      itemsBytes,
    };
  }

  chunks(): Iterable<Uint8Array> {
    return chunksOf(this.parts);
  }

  get sizeBytes(): number {
    return partsBytes(this.parts);
  }

  /** printed answers another list made of the entries of this one, in steps. */
  async printed(
    form: Pick<ListParts, 'head' | 'field'>,
    itemOf: (entry: Entry) => Buffer,
  ): Promise<Payload> {
    const items: Buffer[] = [];
    await eachEntry(this.entries, (entry) => {
      items.push(itemOf(entry));
    });
    return partsPayload({ ...form, items });
  }
}

function* bytesOf(entries: readonly Entry[], left: number): Iterator<Uint8Array> {
  for (const entry of entries) yield entry.bytes.subarray(left);
}

/** eachEntry does work on each entry, in steps. */
async function eachEntry(
  entries: readonly Entry[],
  work: (entry: Entry) => unknown,
): Promise<void> {
  const steps = new Steps();
  for (const entry of entries) {
    work(entry);
    const pause = steps.done(entry.sizeBytes);
    if (pause) await pause;
  }
}
