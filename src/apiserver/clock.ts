import type { ApiClock, ApiLog } from './contracts.ts';

/** SYSTEM_CLOCK is the real time. Its timers do not keep the process alive. */
export const SYSTEM_CLOCK: ApiClock = {
  now: () => new Date(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** SILENT_LOG says nothing. */
export const SILENT_LOG: ApiLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
