import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { WatchMessage } from '../cache/cache-event.ts';
import type { MessageSink, WatchSource } from '../cache/message-sink.ts';
import type { SentEvents } from '../filters/filter.ts';
import type { Flushable, FlushRounds } from './flush-rounds.ts';

/** WatchLimits say when a client is too slow: so much waits for it, and for so long. */
export interface WatchLimits {
  readonly backlogBytes: number;
  readonly stallMs: number;
}

/** WATCH_LIMITS are the limits of every watch over HTTP. */
export const WATCH_LIMITS: WatchLimits = { backlogBytes: 16 * 1024 * 1024, stallMs: 10_000 };

/** ROOMY_BYTES is how much may wait for a client that is sent more as fast as it takes it. */
const ROOMY_BYTES = 1024 * 1024;

/**
 * WatchWriter sends the events of a watch as lines.
 *
 * INVARIANTS: events that come before its round go out in one write. A client that
 * lags behind is cut off, never waited for. When the client goes away the watch is closed.
 */
export class WatchWriter implements MessageSink, Flushable {
  readonly #response: ServerResponse;
  readonly #rounds: FlushRounds;
  readonly #limits: WatchLimits;
  readonly #events: SentEvents | undefined;
  /** The connection, where it carries chunks of HTTP/1.1. */
  #raw: Writable | undefined;
  readonly #frameOf: ((message: WatchMessage) => Buffer) | undefined;
  #frames: Buffer[] = [];
  #gatheredBytes = 0;
  /** Those who wait until most of what they sent has gone. */
  #waiting: (() => void)[] = [];
  #ended = false;
  #stalledSince: number | undefined;
  #close: () => void = () => undefined;

  constructor(
    response: ServerResponse,
    rounds: FlushRounds,
    options: {
      readonly limits?: WatchLimits | undefined;
      readonly events?: SentEvents | undefined;
      /** What writes an event, where it is not to be a line of JSON. */
      readonly frameOf?: ((message: WatchMessage) => Buffer) | undefined;
    } = {},
  ) {
    this.#frameOf = options.frameOf;
    this.#limits = options.limits ?? WATCH_LIMITS;
    this.#events = options.events;
    this.#rounds = rounds;
    this.#response = response;
  }

  /** open begins to send; the response's head has been written. */
  open(source: WatchSource): void {
    const { socket, chunkedEncoding } = this.#response;
    // Chunks are made once for all watches, and written past what would make them anew.
    if (chunkedEncoding && socket) this.#raw = socket;
    const drains = this.#raw ?? this.#response;
    const onDrain = () => {
      this.#stalledSince = undefined;
      this.#release();
    };
    drains.on('drain', onDrain);
    const close = source.open(this);
    this.#close = close;
    if (this.#ended) close();
    this.#response.once('close', () => {
      drains.off('drain', onDrain);
      this.#finish();
    });
  }

  send(message: WatchMessage): void {
    if (this.#ended) return;
    const frame = this.#frameOf?.(message) ?? message.frame;
    this.#frames.push(frame);
    this.#gatheredBytes += frame.length;
    this.#rounds.request(this);
  }

  taken(): Promise<void> | undefined {
    if (this.#isRoomy()) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** flush writes what has been gathered. */
  flush(): void {
    const frames = this.#frames;
    if (this.#ended || frames.length === 0) return;
    this.#frames = [];
    this.#gatheredBytes = 0;
    this.#events?.sent(frames);
    if (!this.#write(frames)) this.#stalledSince ??= performance.now();
    this.#release();
    if (this.#response.writableLength < this.#limits.backlogBytes) return;
    if (performance.now() - (this.#stalledSince ?? performance.now()) >= this.#limits.stallMs) {
      this.#finish();
      this.#response.destroy();
    }
  }

  /** end closes the watch and ends the response when everything has been sent. */
  end(): void {
    if (this.#ended) return;
    this.flush();
    this.#finish();
    this.#response.end();
  }

  #write(frames: readonly Buffer[]): boolean {
    if (this.#raw) return this.#raw.write(this.#rounds.chunk(frames));
    return this.#response.write(this.#rounds.joined(frames));
  }

  #isRoomy(): boolean {
    return this.#ended || this.#gatheredBytes + this.#response.writableLength < ROOMY_BYTES;
  }

  #release(): void {
    if (this.#isRoomy()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#frames = [];
    this.#release();
    this.#close();
  }
}
