import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Event } from '../../../apis/core/v1/types.ts';
import { EVENTS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newEventTtlController } from './event-ttl-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T12:00:00Z');
});
afterEach(() => harness.stop());

function eventOf(name: string, created: string, more: Partial<Event> = {}): Event {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'a', name, creationTimestamp: created },
    involvedObject: {},
    ...more,
  };
}

const names = () => harness.client.all(EVENTS).map((one) => one.metadata.name);

it('removes events an hour after they last happened', async () => {
  const [old, recent] = ['2026-01-01T10:30:00Z', '2026-01-01T11:30:00Z'];
  harness.client.add(
    EVENTS,
    eventOf('old', old, { lastTimestamp: old }),
    eventOf('again', old, { lastTimestamp: recent }),
    eventOf('series', old, { series: { lastObservedTime: recent } }),
    eventOf('recent', recent),
  );
  await harness.start(newEventTtlController(harness.deps));
  expect(names()).toEqual(['again', 'recent', 'series']);
  await harness.advance(30 * 60_000 + 120_000);
  expect(names()).toEqual([]);
});
