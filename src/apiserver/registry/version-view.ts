import { apiVersionOf, type KubeObject, type ResourceType } from '../../machinery/object.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import { Entry } from '../cache/entry.ts';
import { EntryCodec } from '../cache/entry-codec.ts';
import type { MessageSink, WatchSource } from '../cache/message-sink.ts';
import { objectPayload, type Payload } from '../output/payload.ts';
import type { ResourceDefinition, StoredForm } from '../resource-definition.ts';
import { relativeKey } from '../storage-key.ts';
import { cloneJson } from './clone.ts';
import { wireForm } from './wire-form.ts';

/**
 * VersionView shows the entries of a stored resource in another API version. An entry is converted
 * once, however many requests and watches see it.
 */
export class VersionView {
  readonly form: StoredForm;
  readonly #type: ResourceType;
  readonly #definition: ResourceDefinition;
  readonly #codec: EntryCodec;
  readonly #served = new WeakMap<Entry, Entry | Promise<Entry>>();
  readonly #sources = new WeakMap<Entry, Entry>();

  constructor(definition: ResourceDefinition, form: StoredForm) {
    this.form = form;
    this.#type = definition.type;
    this.#definition = definition;
    this.#codec = new EntryCodec(definition.type);
  }

  /** entry answers a stored entry as it is served. */
  entry(stored: Entry): Entry | Promise<Entry> {
    const known = this.#served.get(stored);
    if (known) return known;
    const converted = this.form.fromStored([stored.object]);
    if (!isPromise(converted)) return this.#keep(stored, converted[0]);
    const pending = converted.then(([object]) => this.#keep(stored, object));
    pending.catch(() => this.#served.delete(stored));
    this.#served.set(stored, pending);
    return pending;
  }

  /** entries answers many at once: what has not been converted yet goes in one batch. */
  async entries(stored: readonly Entry[]): Promise<Entry[]> {
    const missing = stored.filter((one) => !this.#served.has(one));
    if (missing.length > 0) {
      const converted = await this.form.fromStored(missing.map((one) => one.object));
      missing.forEach((one, index) => {
        this.#keep(one, converted[index]);
      });
    }
    return Promise.all(stored.map((one) => this.entry(one)));
  }

  /** source is the stored entry that a served one was made from. */
  source(served: Entry): Entry {
    const source = this.#sources.get(served);
    if (!source) throw new Error(`no stored entry behind ${served.name}`);
    return source;
  }

  /** toStored answers a served object in the form of the store; the object stays as it is. */
  async toStored(object: KubeObject): Promise<KubeObject> {
    const [converted] = await this.form.toStored([cloneJson(object)]);
    if (!converted) throw new Error('a conversion answered nothing');
    return converted;
  }

  /** watch shows the events of a watch of stored entries in their order. */
  watch(source: WatchSource): WatchSource {
    return { open: (sink) => source.open(this.#convertingSink(sink)) };
  }

  /** INVARIANTS: events leave in the order in which they came; `end` is passed on once. */
  #convertingSink(sink: MessageSink): MessageSink {
    let line: Promise<void> | undefined;
    let ended = false;
    const finish = () => {
      if (!ended) sink.end();
      ended = true;
    };
    const queue = (work: () => void | Promise<void>) => {
      // A version that cannot be made ends the watch: its client lists anew.
      const turn = (line ?? Promise.resolve()).then(work).catch(finish);
      line = turn;
      void turn.then(() => {
        if (line === turn) line = undefined;
      });
    };
    const pass = (message: WatchMessage) => {
      if (!ended) sink.send(message);
    };
    return {
      send: (message) => {
        const shown = this.#message(message);
        if (line === undefined && !isPromise(shown)) pass(shown);
        else queue(async () => pass(await shown));
      },
      end: () => (line === undefined ? finish() : queue(finish)),
      taken: () => sink.taken?.(),
    };
  }

  #message(message: WatchMessage): WatchMessage | Promise<WatchMessage> {
    if (message.type === 'ERROR') return message;
    const { payload } = message;
    if (!(payload instanceof Entry)) {
      return new WatchMessage(message.type, this.#bookmark(payload));
    }
    const entry = this.entry(payload);
    if (isPromise(entry)) return entry.then((one) => new WatchMessage(message.type, one));
    return new WatchMessage(message.type, entry);
  }

  /** A bookmark has nothing but names and a resourceVersion. */
  #bookmark(payload: Payload): Payload {
    const { kind } = this.#type;
    const object = payload.object as KubeObject;
    return objectPayload({ ...object, kind, apiVersion: apiVersionOf(this.#type) });
  }

  #keep(stored: Entry, object: KubeObject | undefined): Entry {
    if (!object) throw new Error('a conversion answered nothing');
    const { namespace, name, revision } = stored;
    const key = relativeKey(namespace, name);
    const versioned = { ...object.metadata, resourceVersion: String(revision) };
    const copy = wireForm(this.#definition, { ...object, metadata: versioned });
    const entry = this.#codec.decode(key, this.#codec.encode(copy), revision, copy);
    this.#served.set(stored, entry);
    this.#sources.set(entry, stored);
    return entry;
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
