import type { CacheHub } from './cache/cache-hub.ts';
import type { ApiClock, ApiLog } from './contracts.ts';

const COMPACT_AFTER_MS = 5 * 60_000;
const BOOKMARK_EVERY_MS = 60_000;

/** ChoresOptions is what the regular work of a server needs. */
export interface ChoresOptions {
  readonly clock: ApiClock;
  readonly log: ApiLog;
  readonly hub: CacheHub;
  readonly compactAfterMs?: number;
  /** False where another thread compacts the store. */
  readonly compacts?: boolean;
  readonly bookmarkEveryMs?: number;
}

function every(clock: ApiClock, ms: number, work: () => void): () => void {
  let cancel: () => void = () => undefined;
  const again = () => {
    cancel = clock.setTimer(ms, () => {
      work();
      again();
    });
  };
  again();
  return () => cancel();
}

/**
 * startChores sends bookmarks and compacts the store: what was the newest revision one period ago
 * is the oldest one that can still be read.
 */
export function startChores(options: ChoresOptions): { stop(): void } {
  const { clock, hub, log } = options;
  let before = 0;
  const compact = () => {
    const revision = before;
    before = hub.revision;
    if (revision === 0) return;
    hub.store.compact(revision).catch((error: unknown) => {
      log.error({ err: error, revision }, 'compacting the store failed');
    });
  };
  const stops = [every(clock, options.bookmarkEveryMs ?? BOOKMARK_EVERY_MS, () => hub.bookmark())];
  if (options.compacts !== false) {
    stops.push(every(clock, options.compactAfterMs ?? COMPACT_AFTER_MS, compact));
  }
  return {
    stop() {
      for (const stop of stops) stop();
    },
  };
}
