import { goJsonInOrder } from '../../machinery/go-json.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../machinery/object.ts';
import { Entry, type LateBytes } from './entry.ts';

const UID = Buffer.from('"uid":"');
const VERSION = Buffer.from('"resourceVersion":"');
const NESTED = Buffer.from('{[');
const QUOTE = '"'.charCodeAt(0);

/** resourceVersionOf spells a revision as the API does. */
function resourceVersionOf(revision: number): string {
  return String(revision);
}

function isBetween(found: number, end: number): boolean {
  return found >= 0 && found < end;
}

/** namesOf is what the bytes of every entry of a type begin with, up to `metadata`. */
export function namesOf(type: ResourceType): string {
  return `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(apiVersionOf(type))},`;
}

/** ServedBytes are the bytes that are served of a stored value which begins as its type does. */
class ServedBytes implements LateBytes {
  readonly sizeBytes: number;
  readonly #codec: EntryCodec;
  readonly #value: Uint8Array;
  readonly #revision: number;

  constructor(codec: EntryCodec, value: Uint8Array, revision: number) {
    this.#codec = codec;
    this.#value = value;
    this.#revision = revision;
    // A quote ends the version, a comma parts it from its neighbour.
    this.sizeBytes = value.length + VERSION.length + resourceVersionOf(revision).length + 2;
  }

  make(): Buffer {
    return this.#codec.bytesOf(this.#value, this.#revision);
  }
}

/**
 * EntryCodec writes the objects of one resource for the store and reads them back. A stored value
 * always begins with the same bytes up to the inside of `metadata`, and leaves resourceVersion out
 * (it is the revision of the write): so the served form is made by splicing, without parsing. It
 * goes in behind the uid, where Go has it: nothing but plain texts stands before that.
 */
export class EntryCodec {
  readonly #head: string;
  readonly #headBytes: Buffer;
  readonly #clusterScoped: boolean;

  constructor(type: ResourceType) {
    this.#head = `${namesOf(type)}"metadata":{`;
    this.#headBytes = Buffer.from(this.#head);
    this.#clusterScoped = !type.namespaced;
  }

  /** encode writes an object for the store. */
  encode(object: KubeObject): Buffer {
    const { metadata } = object;
    const unversioned =
      metadata.resourceVersion === undefined
        ? object
        : { ...object, metadata: { ...metadata, resourceVersion: undefined } };
    const text = goJsonInOrder(unversioned);
    // Most objects have their names where Go has them.
    return Buffer.from(text.startsWith(this.#head) ? text : this.#namesFirst(unversioned));
  }

  #namesFirst(object: KubeObject): string {
    const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
    const tail = goJsonInOrder(rest);
    const end = tail === '{}' ? '}' : `,${tail.slice(1)}`;
    return `${this.#head}${goJsonInOrder(metadata).slice(1)}${end}`;
  }

  /** decode makes the entry of a stored value; `key` is relative to the resource's prefix. */
  decode(key: string, value: Uint8Array, revision: number, known?: KubeObject): Entry {
    const slash = this.#clusterScoped ? -1 : key.indexOf('/');
    return new Entry({
      namespace: slash < 0 ? '' : key.slice(0, slash),
      name: key.slice(slash + 1),
      revision,
      bytes: this.#isOfThisVersion(value)
        ? new ServedBytes(this, value, revision)
        : this.bytesOf(value, revision),
      object: known,
    });
  }

  /** bytesOf are the bytes that are served of a stored value. */
  bytesOf(value: Uint8Array, revision: number): Buffer {
    const stored = this.#ofThisVersion(value);
    const at = this.#versionAt(stored);
    const text = `"resourceVersion":"${resourceVersionOf(revision)}"`;
    const splice = at === this.#headBytes.length ? `${text},` : `,${text}`;
    const bytes = Buffer.allocUnsafe(stored.length + splice.length);
    stored.copy(bytes, 0, 0, at);
    bytes.write(splice, at, 'latin1');
    stored.copy(bytes, at + splice.length, at);
    return bytes;
  }

  /**
   * versionAt is where resourceVersion belongs: behind the uid, or first where something else than
   * texts comes before that.
   */
  #versionAt(stored: Buffer): number {
    const { length } = this.#headBytes;
    const uid = stored.indexOf(UID, length);
    if (uid < 0 || NESTED.some((byte) => isBetween(stored.indexOf(byte, length), uid))) {
      return length;
    }
    return stored.indexOf(QUOTE, uid + UID.length) + 1;
  }

  /** ofThisVersion answers a stored value; one in another version is written anew. */
  #ofThisVersion(value: Uint8Array): Buffer {
    if (this.#isOfThisVersion(value)) {
      return Buffer.from(value.buffer, value.byteOffset, value.length);
    }
    return this.encode(JSON.parse(Buffer.from(value).toString('utf8')) as KubeObject);
  }

  #isOfThisVersion(value: Uint8Array): boolean {
    const { length } = this.#headBytes;
    return this.#headBytes.compare(value, 0, Math.min(length, value.length)) === 0;
  }

  /** atRevision answers the same state under a later revision: how a delete shows the last state. */
  atRevision(entry: Entry, revision: number): Entry {
    const { bytes, namespace, name } = entry;
    const start = bytes.indexOf(VERSION, this.#headBytes.length) + VERSION.length;
    const rest = bytes.subarray(bytes.indexOf(QUOTE, start));
    const version = Buffer.from(resourceVersionOf(revision));
    return new Entry({
      namespace,
      name,
      revision,
      bytes: Buffer.concat([bytes.subarray(0, start), version, rest]),
    });
  }
}
