import { StoreClosedError, type Write, type WriteResult } from '../../storage/store.ts';
import { ElsewhereError } from './elsewhere.ts';
import { type PackedWrites, packWrites, resultOf, type WriteAnswer } from './write-messages.ts';

interface Waiting {
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/**
 * RemoteWriter has the main thread carry out writes: the first goes at once, so that the disk has
 * something to do; what is written until it is answered goes in one message for each turn of the event
 * loop.
 *
 * INVARIANTS: every write is answered once, by onAnswers or by close.
 */
export class RemoteWriter {
  readonly #send: (writes: PackedWrites) => void;
  readonly #waiting = new Map<number, Waiting>();
  #queue: { id: number; write: Write }[] = [];
  #lastId = 0;

  constructor(send: (writes: PackedWrites) => void) {
    this.#send = send;
  }

  /** write resolves when the main thread has answered; what became of it is durable then. */
  write(write: Write): Promise<WriteResult> {
    this.#lastId += 1;
    const id = this.#lastId;
    const isFirst = this.#waiting.size === 0;
    if (!isFirst && this.#queue.length === 0) setImmediate(() => this.#flush());
    this.#queue.push({ id, write });
    const answer = new Promise<WriteResult>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    if (isFirst) this.#flush();
    return answer;
  }

  /** compact is not for front threads: the main thread does it. */
  async compact(): Promise<void> {
    throw new ElsewhereError('compact the store');
  }

  onAnswers(answers: readonly WriteAnswer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      try {
        waiting?.resolve(resultOf(answer));
      } catch (error) {
        waiting?.reject(error);
      }
    }
  }

  /** close fails all writes that were not answered. */
  close(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new StoreClosedError());
    this.#waiting.clear();
  }

  #flush(): void {
    const writes = packWrites(this.#queue);
    this.#queue = [];
    this.#send(writes);
  }
}
