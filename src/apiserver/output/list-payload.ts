import type { ListMeta } from '../../machinery/meta/v1.ts';
import type { KubeList, KubeObject } from '../../machinery/object.ts';
import type { Entry } from '../cache/entry.ts';
import type { Payload } from './payload.ts';

const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

/** ListPayload is a list of entries: its bytes are the entries' bytes joined. */
export class ListPayload implements Payload {
  readonly entries: readonly Entry[];
  readonly #apiVersion: string;
  readonly #kind: string;
  readonly #metadata: ListMeta;

  constructor(
    type: { apiVersion: string; kind: string },
    metadata: ListMeta,
    entries: readonly Entry[],
  ) {
    this.#apiVersion = type.apiVersion;
    this.#kind = type.kind;
    this.#metadata = metadata;
    this.entries = entries;
  }

  get object(): KubeList<KubeObject> {
    return {
      kind: this.#kind,
      apiVersion: this.#apiVersion,
      metadata: this.#metadata,
      items: this.entries.map((entry) => entry.object),
    };
  }

  chunks(): readonly Uint8Array[] {
    const head = JSON.stringify({
      kind: this.#kind,
      apiVersion: this.#apiVersion,
      metadata: this.#metadata,
    });
    const chunks: Uint8Array[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
    for (const [index, entry] of this.entries.entries()) {
      if (index > 0) chunks.push(COMMA);
      chunks.push(entry.bytes);
    }
    chunks.push(END);
    return chunks;
  }
}
