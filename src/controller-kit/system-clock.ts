import type { Clock } from './controller.ts';

/** MAX_TIMER_MS is the longest delay that Node's timers can hold; longer ones are chained. */
const MAX_TIMER_MS = 2_147_483_647;

/** systemClock is the Clock of the machine. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  setTimer: (ms, callback) => {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, MAX_TIMER_MS);
      timer = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
      timer.unref();
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
