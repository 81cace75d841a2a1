import { deepFreeze } from '../../machinery/deep-freeze.ts';
import type { Labels } from '../../machinery/labels.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Payload } from '../output/payload.ts';
import { labelsIn } from './label-table.ts';

/** LateBytes are bytes that are made when somebody looks at them. */
export interface LateBytes {
  readonly sizeBytes: number;
  make(): Buffer;
}

/** EntryFacts is what an Entry is made of. */
export interface EntryFacts {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly bytes: Buffer | LateBytes;
  /** The object, where it is at hand already: nobody changes it any more. */
  readonly object?: KubeObject | undefined;
}

/** Fields are the values of an object that field selectors may name. */
export type Fields = Readonly<Record<string, string>>;

/** EntryKeeper is where an entry gets its bytes again, and who limits what all entries hold. */
export interface EntryKeeper {
  /** The bytes of an entry that forgot them. */
  bytesOf(entry: Entry): Buffer;
  /** The entry has been parsed; it may be told to forget the object later. */
  onParsed(entry: Entry): void;
  /** The labels of an object that is given as JSON; equal ones are the same. */
  labelsIn(json: Buffer): Labels;
}

/**
 * Entry is one version of one stored object: serialized with its resourceVersion, parsed and frozen
 * when that is needed. An entry with a keeper may be told to forget either; it looks the same to
 * everybody else, but each look at the object may then answer another copy.
 */
export class Entry implements Payload {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly sizeBytes: number;
  #bytes: Buffer | undefined;
  #late: LateBytes | undefined;
  #object: KubeObject | undefined;
  #isFrozen = false;
  #keeper: EntryKeeper | undefined;
  #labels: Labels | undefined;
  #fields: Fields | undefined;

  constructor(facts: EntryFacts) {
    this.namespace = facts.namespace;
    this.name = facts.name;
    this.revision = facts.revision;
    const { bytes } = facts;
    if ('make' in bytes) {
      this.sizeBytes = bytes.sizeBytes;
      this.#late = bytes;
    } else {
      this.sizeBytes = bytes.length;
      this.#bytes = bytes;
    }
    this.#object = facts.object;
  }

  /** bytes answers the JSON. */
  get bytes(): Buffer {
    if (this.#bytes) return this.#bytes;
    if (this.#late) {
      this.#bytes = this.#late.make();
      this.#late = undefined;
      return this.#bytes;
    }
    if (!this.#keeper) throw new Error(`${this.name} forgot its bytes`);
    return this.#keeper.bytesOf(this);
  }

  /** object answers the frozen object. */
  get object(): KubeObject {
    if (!this.#object) {
      this.#object = JSON.parse(this.bytes.toString('utf8')) as KubeObject;
      this.#isFrozen = false;
      this.#keeper?.onParsed(this);
    }
    if (!this.#isFrozen) deepFreeze(this.#object);
    this.#isFrozen = true;
    return this.#object;
  }

  /** read answers what a function reads of the object, which is not kept for that. */
  read<T>(of: (object: KubeObject) => T): T {
    return of(this.#object ?? (JSON.parse(this.bytes.toString('utf8')) as KubeObject));
  }

  /** labels answers the labels of the object, which are kept; nothing else is parsed for them. */
  get labels(): Labels {
    this.#labels ??= this.#keeper?.labelsIn(this.bytes) ?? labelsIn(this.bytes);
    return this.#labels;
  }

  /** fields answers the fields of the object, which are kept; `of` is always the same function. */
  fields(of: (object: KubeObject) => Fields): Fields {
    this.#fields ??= this.read(of);
    return this.#fields;
  }

  /** keptBy gives the entry its keeper. */
  keptBy(keeper: EntryKeeper): void {
    this.#keeper = keeper;
    if (this.#object) keeper.onParsed(this);
  }

  /** forgetBytes lets go of the bytes: the keeper has them. */
  forgetBytes(): void {
    if (!this.#keeper) return;
    this.#bytes = undefined;
    this.#late = undefined;
  }

  /** forgetObject lets go of the object. */
  forgetObject(): void {
    this.#object = undefined;
  }

  chunks(): readonly Uint8Array[] {
    return [this.bytes];
  }
}
