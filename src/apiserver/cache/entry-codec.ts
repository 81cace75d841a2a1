import { apiVersionOf, type KubeObject, type ResourceType } from '../../machinery/object.ts';
import { Entry } from './entry.ts';

const QUOTE_COMMA = Buffer.from('",');

/** resourceVersionOf spells a revision as the API does. */
export function resourceVersionOf(revision: number): string {
  return String(revision);
}

/** namesOf is what the bytes of every entry of a type begin with, up to `metadata`. */
export function namesOf(type: ResourceType): string {
  return `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(apiVersionOf(type))},`;
}

/**
 * EntryCodec writes the objects of one resource for the store and reads them back. A stored value
 * always begins with the same bytes up to the inside of `metadata`, and leaves resourceVersion out
 * (it is the revision of the write): so the served form is made by splicing, without parsing.
 */
export class EntryCodec {
  readonly #head: string;
  readonly #headBytes: Buffer;
  readonly #servedHead: Buffer;
  readonly #clusterScoped: boolean;

  constructor(type: ResourceType) {
    this.#head = `${namesOf(type)}"metadata":{`;
    this.#headBytes = Buffer.from(this.#head);
    this.#servedHead = Buffer.from(`${this.#head}"resourceVersion":"`);
    this.#clusterScoped = !type.namespaced;
  }

  /** encode writes an object for the store. */
  encode(object: KubeObject): Buffer {
    const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
    const { resourceVersion: _revision, ...meta } = metadata;
    const tail = JSON.stringify(rest);
    const end = tail === '{}' ? '}' : `,${tail.slice(1)}`;
    return Buffer.from(`${this.#head}${JSON.stringify(meta).slice(1)}${end}`);
  }

  /** decode makes the entry of a stored value; `key` is relative to the resource's prefix. */
  decode(key: string, value: Uint8Array, revision: number, known?: KubeObject): Entry {
    const slash = this.#clusterScoped ? -1 : key.indexOf('/');
    return new Entry({
      namespace: slash < 0 ? '' : key.slice(0, slash),
      name: key.slice(slash + 1),
      revision,
      bytes: this.bytesOf(value, revision),
      object: known,
    });
  }

  /** bytesOf are the bytes that are served of a stored value. */
  bytesOf(value: Uint8Array, revision: number): Buffer {
    return this.#splice(this.#tailOf(value), revision);
  }

  /** tailOf answers what follows the head; a value in another version is written anew. */
  #tailOf(value: Uint8Array): Uint8Array {
    const { length } = this.#headBytes;
    const hasHead = this.#headBytes.compare(value, 0, Math.min(length, value.length)) === 0;
    if (hasHead) return value.subarray(length);
    const object = JSON.parse(Buffer.from(value).toString('utf8')) as KubeObject;
    return this.encode(object).subarray(length);
  }

  /** atRevision answers the same state under a later revision: how a delete shows the last state. */
  atRevision(entry: Entry, revision: number): Entry {
    const start = this.#servedHead.length + resourceVersionOf(entry.revision).length + 2;
    return new Entry({
      namespace: entry.namespace,
      name: entry.name,
      revision,
      bytes: this.#splice(entry.bytes.subarray(start), revision),
    });
  }

  #splice(rest: Uint8Array, revision: number): Buffer {
    return Buffer.concat([
      this.#servedHead,
      Buffer.from(resourceVersionOf(revision)),
      QUOTE_COMMA,
      rest,
    ]);
  }
}
