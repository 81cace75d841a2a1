import type { Probe } from '../../apis/core/v1/types.ts';

/** ProbeKind is what a probe is for. */
export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** ProbeTimes are a probe's times and thresholds with the API's defaults. */
export interface ProbeTimes {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** probeTimesOf fills in the defaults. */
export function probeTimesOf(probe: Probe): ProbeTimes {
  return {
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
    periodMs: (probe.periodSeconds || 10) * 1000,
    timeoutMs: (probe.timeoutSeconds || 1) * 1000,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  };
}

/** ProbeCounter counts equal results in a row until they are enough to believe. */
export class ProbeCounter {
  readonly #times: ProbeTimes;
  #last: boolean | undefined;
  #inARow = 0;

  constructor(times: ProbeTimes) {
    this.#times = times;
  }

  /** count takes a result; answers the result once it came often enough in a row. */
  count(success: boolean): boolean | undefined {
    this.#inARow = success === this.#last ? this.#inARow + 1 : 1;
    this.#last = success;
    const { successThreshold, failureThreshold } = this.#times;
    const enough = success ? successThreshold : failureThreshold;
    return this.#inARow >= enough ? success : undefined;
  }
}
