import { Steps } from '../../machinery/steps.ts';
import { WatchMessage } from './cache-event.ts';
import type { Entry } from './entry.ts';
import type { MessageSink } from './message-sink.ts';

/** MAX_HELD is how many events may come while the initial ones are sent, before a watch is cut off. */
const MAX_HELD = 10_000;

/** GradualStart says what is sent before the events. */
export interface GradualStart {
  readonly initial: readonly Entry[];
  readonly matches: (entry: Entry) => boolean;
  /** Sent after the initial entries, where there is one. */
  readonly mark: WatchMessage | undefined;
  /** Called after the mark was sent. */
  readonly onInitialEnd?: (() => void) | undefined;
}

/**
 * GradualSink sends many initial entries in steps, so that the event loop turns in between, and as
 * fast as the receiver takes them; events that come meanwhile are held back.
 *
 * INVARIANTS: initial entries, the mark, then events in their order. Nothing is sent after end()
 * or stop().
 */
export class GradualSink implements MessageSink {
  readonly #sink: MessageSink;
  #held: WatchMessage[] | undefined = [];
  #over = false;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  send(message: WatchMessage): void {
    if (this.#over) return;
    if (!this.#held) this.#sink.send(message);
    else if (this.#held.length < MAX_HELD) this.#held.push(message);
    else this.end();
  }

  end(): void {
    if (this.#over) return;
    this.stop();
    this.#sink.end();
  }

  /** stop ends it without a word: the receiver has gone. */
  stop(): void {
    this.#over = true;
    this.#held = undefined;
  }

  /** start sends the initial entries, and then what was held back. */
  async start({ initial, matches, mark, onInitialEnd }: GradualStart): Promise<void> {
    const steps = new Steps();
    for (const entry of initial) {
      if (this.#over) return;
      if (matches(entry)) this.#sink.send(new WatchMessage('ADDED', entry));
      const pause = steps.done(entry.sizeBytes);
      if (pause) {
        await pause;
        await this.#sink.taken?.();
      }
    }
    if (this.#over) return;
    if (mark) this.#sink.send(mark);
    onInitialEnd?.();
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#sink.send(message);
  }
}
