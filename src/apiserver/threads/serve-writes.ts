import type { Store, StoredValue } from '../../storage/store.ts';
import { type PackedWrites, unpackWrites, type WriteAnswer } from './write-messages.ts';

/** copyOf has bytes of its own: else all that they are a part of would be copied between threads. */
function copyOf(current: StoredValue | undefined): StoredValue | null {
  return current ? { ...current, value: Uint8Array.from(current.value) } : null;
}

/** WriteServer carries out the writes of a front thread. */
export interface WriteServer {
  /** How many writes have not been answered. */
  readonly open: number;
  carryOut(packed: PackedWrites): void;
}

/**
 * newWriteServer answers those writes in one message that become durable together.
 */
export function newWriteServer(
  store: Pick<Store, 'write'>,
  send: (answers: readonly WriteAnswer[]) => void,
): WriteServer {
  let open = 0;
  let answers: WriteAnswer[] = [];
  const flush = () => {
    const sent = answers;
    answers = [];
    open -= sent.length;
    send(sent);
  };
  const push = (answer: WriteAnswer) => {
    if (answers.length === 0) setImmediate(flush);
    answers.push(answer);
  };
  return {
    get open() {
      return open;
    },
    carryOut(packed) {
      for (const { id, write } of unpackWrites(packed)) {
        open += 1;
        store.write(write).then(
          (result) => {
            if (result.ok) push({ id, revision: result.revision });
            else push({ id, lostAgainst: copyOf(result.current) });
          },
          (error: unknown) => push({ id, failure: new Error((error as Error).message) }),
        );
      }
    },
  };
}
