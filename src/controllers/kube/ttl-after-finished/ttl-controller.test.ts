import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job } from '../../../apis/batch/v1/types.ts';
import { JOBS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newTtlAfterFinishedController } from './ttl-controller.ts';

const ENDED = '2026-01-01T00:00:00Z';

function jobOf(name: string, ttl: number | undefined, end?: string): Job {
  const condition = { type: end ?? '', status: 'True', lastTransitionTime: ENDED };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'a', name },
    spec: { template: {}, ...(ttl !== undefined && { ttlSecondsAfterFinished: ttl }) },
    status: end === undefined ? {} : { conditions: [condition] },
  };
}

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:10Z');
});
afterEach(() => harness.stop());

const names = () => harness.client.all(JOBS).map((one) => one.metadata.name);

it('removes jobs that ended when their time is over, and no others', async () => {
  harness.client.add(
    JOBS,
    jobOf('at-once', 0, 'Complete'),
    jobOf('later', 60, 'Failed'),
    jobOf('runs', 0),
    jobOf('stays', undefined, 'Complete'),
    jobOf('suspended', 0, 'Suspended'),
  );
  await harness.start(newTtlAfterFinishedController(harness.deps));
  const going = harness.client.all(JOBS).filter((one) => one.metadata.deletionTimestamp);
  expect(going.map((one) => one.metadata.name)).toEqual(['at-once']);
  await harness.advance(49_000);
  expect(names()).toContain('later');
  await harness.advance(2_000);
  const gone = harness.client.all(JOBS).filter((one) => one.metadata.deletionTimestamp);
  expect(gone.map((one) => one.metadata.name)).toEqual(['at-once', 'later']);
});
