import type { WatchEventType } from '../../machinery/object.ts';
import type { Payload } from '../output/payload.ts';
import type { Entry } from './entry.ts';
import type { EntryCodec } from './entry-codec.ts';

const FRAME_END = Buffer.from('}\n');
const FRAME_HEADS: Readonly<Record<WatchEventType, Buffer>> = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
  BOOKMARK: Buffer.from('{"type":"BOOKMARK","object":'),
  ERROR: Buffer.from('{"type":"ERROR","object":'),
};

/** WatchMessage is one event as a watcher gets it; its frame is serialized once for all watchers. */
export class WatchMessage {
  readonly type: WatchEventType;
  readonly payload: Payload;
  #frame: Buffer | undefined;

  constructor(type: WatchEventType, payload: Payload) {
    this.type = type;
    this.payload = payload;
  }

  /** frame is the line that a watch over HTTP sends. */
  get frame(): Buffer {
    this.#frame ??= Buffer.concat([FRAME_HEADS[this.type], ...this.payload.chunks(), FRAME_END]);
    return this.#frame;
  }
}

/** CacheEvent is one change of one object; its messages are made once, when first needed. */
export class CacheEvent {
  readonly revision: number;
  readonly current: Entry | undefined;
  readonly previous: Entry | undefined;
  readonly #codec: EntryCodec;
  #added: WatchMessage | undefined;
  #modified: WatchMessage | undefined;
  #deleted: WatchMessage | undefined;

  constructor(
    revision: number,
    states: { current: Entry | undefined; previous: Entry | undefined; codec: EntryCodec },
  ) {
    this.revision = revision;
    this.current = states.current;
    this.previous = states.previous;
    this.#codec = states.codec;
  }

  /** message answers what a watcher gets that matched the states as given; undefined: nothing. */
  message(matchedBefore: boolean, matchesNow: boolean): WatchMessage | undefined {
    if (matchesNow && this.current) {
      if (matchedBefore) {
        this.#modified ??= new WatchMessage('MODIFIED', this.current);
        return this.#modified;
      }
      this.#added ??= new WatchMessage('ADDED', this.current);
      return this.#added;
    }
    if (!matchedBefore) return undefined;
    const last = this.previous ?? this.current;
    if (!last) return undefined;
    // Watchers to whom the object goes see its last state under the revision of the change.
    this.#deleted ??= new WatchMessage('DELETED', this.#codec.atRevision(last, this.revision));
    return this.#deleted;
  }

  get sizeBytes(): number {
    return (this.current ?? this.previous)?.sizeBytes ?? 0;
  }
}
