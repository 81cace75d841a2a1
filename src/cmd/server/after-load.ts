import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type LoopLoad, loopLoad } from './when-busy.ts';

const SAMPLE_MS = 500;
const WORK_SHARE = 0.15;
const REST_SHARE = 0.03;
/** A collection costs whoever comes next compiled code: a short pause is no rest. */
const REST_MS = 15_000;

/**
 * afterLoad calls back each time that the event loop has come to rest after it was at work: when it
 * has next to nothing to do for a while. The answer ends it; it keeps no process alive.
 */
export function afterLoad(load: LoopLoad, callback: () => void, restMs = REST_MS): () => void {
  let worked = false;
  let rested = 0;
  const timer = setInterval(() => {
    const share = load.share();
    worked ||= share > WORK_SHARE;
    rested = share < REST_SHARE ? rested + 1 : 0;
    if (!worked || rested * SAMPLE_MS < restMs) return;
    worked = false;
    callback();
    load.share();
  }, SAMPLE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** COMPACT makes a collection give pages back. It slows collections under load down. */
const COMPACT = '--compact-on-every-full-gc';

/**
 * releaseAfterLoad gives memory back to the system after load, which V8 does not do of its own
 * accord in Node: it collects when there is something new to be put somewhere. It is about the heap
 * of the calling thread. The answer ends it.
 *
 * INVARIANTS: flags are those of all threads. `--expose-gc` stays on once it is: another thread may
 * be about to use it.
 */
export function releaseAfterLoad(restMs = REST_MS): () => void {
  const release = () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    setFlagsFromString(COMPACT);
    collect();
    setFlagsFromString(COMPACT.replace('--', '--no-'));
  };
  return afterLoad(loopLoad(), release, restMs);
}
