import type { Store } from './store.ts';

/** CompactorOptions say how much history stays; a failure is reported and tried again. */
export interface CompactorOptions {
  /** How long history stays readable at least; twice as long at most. */
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * startCompactor forgets history that is older than an interval, as kube-apiserver's compactor
 * does (5 minutes): every interval it compacts to the revision of the interval before. The answer
 * stops it.
 */
export function startCompactor(store: Store, options: CompactorOptions): () => void {
  let previous = 0;
  const step = async (): Promise<void> => {
    const current = await store.currentRevision();
    if (previous > 0) await store.compact(previous);
    previous = current;
  };
  const timer = setInterval(() => {
    step().catch(options.onError);
  }, options.intervalMs);
  timer.unref();
  step().catch(options.onError);
  return () => clearInterval(timer);
}
