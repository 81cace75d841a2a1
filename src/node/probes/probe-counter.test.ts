import { describe, expect, it } from 'vitest';
import { ProbeCounter, probeTimesOf } from './probe-counter.ts';

describe('ProbeCounter', () => {
  it('believes the default number of results in a row', () => {
    const counter = new ProbeCounter(probeTimesOf({}));
    const results = [true, false, false, true, false, false, false, false];
    expect(results.map((one) => counter.count(one))).toEqual([
      true,
      undefined,
      undefined,
      true,
      undefined,
      undefined,
      false,
      false,
    ]);
  });

  it('asks for several successes where told to', () => {
    const counter = new ProbeCounter(probeTimesOf({ successThreshold: 2, failureThreshold: 1 }));
    expect([true, true, false].map((one) => counter.count(one))).toEqual([undefined, true, false]);
  });
});
