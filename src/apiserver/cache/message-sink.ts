import type { WatchMessage } from './cache-event.ts';

/** MessageSink takes the events of one watch. `end` is called once, and nothing after it. */
export interface MessageSink {
  send(message: WatchMessage): void;
  end(): void;
  /** Resolves when the receiver has taken most of what was sent; absent where it takes all at once. */
  taken?(): Promise<void> | undefined;
}

/** WatchSource is a watch that has not begun; open begins it and answers how to end it. */
export interface WatchSource {
  open(sink: MessageSink): () => void;
}
