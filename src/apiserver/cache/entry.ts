import { deepFreeze } from '../../machinery/deep-freeze.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Payload } from '../output/payload.ts';

/** EntryFacts is what an Entry is made of. */
export interface EntryFacts {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly bytes: Buffer;
  /** The object, where it is at hand already; it is frozen here. */
  readonly object?: KubeObject | undefined;
}

/**
 * Entry is one version of one stored object: serialized once, with its resourceVersion, and parsed
 * and frozen at most once.
 */
export class Entry implements Payload {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly bytes: Buffer;
  #object: KubeObject | undefined;

  constructor(facts: EntryFacts) {
    this.namespace = facts.namespace;
    this.name = facts.name;
    this.revision = facts.revision;
    this.bytes = facts.bytes;
    this.#object = facts.object === undefined ? undefined : deepFreeze(facts.object);
  }

  /** object answers the frozen object. */
  get object(): KubeObject {
    this.#object ??= deepFreeze(JSON.parse(this.bytes.toString('utf8')) as KubeObject);
    return this.#object;
  }

  chunks(): readonly Uint8Array[] {
    return [this.bytes];
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }
}
