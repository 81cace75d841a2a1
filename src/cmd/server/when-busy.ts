import { type EventLoopUtilization, performance } from 'node:perf_hooks';

const SAMPLE_MS = 500;
const BUSY_SAMPLES = 4;
const BUSY_SHARE = 0.7;

/** LoopLoad measures how busy an event loop is. */
export interface LoopLoad {
  /** share answers the share of time since the last call in which the loop was at work. */
  share(): number;
}

/** loopLoad measures this thread's loop. */
export function loopLoad(): LoopLoad {
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    share() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  };
}

/**
 * whenBusy resolves when the event loop has been at work for more than seven tenths of two seconds
 * on end. It rejects with the signal's reason when that is aborted first; it keeps no process alive.
 */
export function whenBusy(load: LoopLoad, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let busy = 0;
    const timer = setInterval(() => {
      busy = load.share() > BUSY_SHARE ? busy + 1 : 0;
      if (busy >= BUSY_SAMPLES) finish(resolve);
    }, SAMPLE_MS);
    timer.unref();
    const onAbort = () => finish(() => reject(signal.reason as Error));
    function finish(settle: () => void): void {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    }
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
