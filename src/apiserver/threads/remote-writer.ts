import { StoreClosedError, type Write, type WriteResult } from '../../storage/store.ts';
import { ElsewhereError } from './elsewhere.ts';
import { type PackedWrites, packWrites, resultOf, type WriteAnswer } from './write-messages.ts';

/** AT_ONCE is how many writes may be under way when one more is sent alone. */
const AT_ONCE = 4;

interface Waiting {
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

/**
 * RemoteWriter has the main thread carry out writes. While few are under way one goes at once, so that
 * the disk has something to do; of many, those of one turn of the event loop go in one message.
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
    const isFew = this.#waiting.size < AT_ONCE;
    if (!isFew && this.#queue.length === 0) setImmediate(() => this.#flush());
    this.#queue.push({ id, write });
    const answer = new Promise<WriteResult>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    if (isFew) this.#flush();
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
