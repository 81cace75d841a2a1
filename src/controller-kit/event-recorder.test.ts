import { describe, expect, it } from 'vitest';
import type { Pod } from '../apis/core/v1/types.ts';
import { EVENTS } from '../apis/resource-types.ts';
import { newFakeClient } from '../client/fake/fake-client.ts';
import { newForbidden, newInternalError } from '../machinery/status-error.ts';
import { newEventRecorder } from './event-recorder.ts';
import { newFakeClock } from './fake/fake-clock.ts';
import { SILENT } from './silent-log.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name: 'web', uid: 'u1', resourceVersion: '7' },
};

function setUp() {
  const clock = newFakeClock('2026-01-01T00:00:00Z');
  const client = newFakeClient();
  const recorder = newEventRecorder({ client, clock, log: SILENT, component: 'scheduler' });
  const shown = () =>
    client.all(EVENTS).map((one) => `${one.count}x ${one.reason}: ${one.message}`);
  return { clock, client, recorder, shown };
}

describe('newEventRecorder', () => {
  it('writes an Event as client-go does', async () => {
    const { client, recorder } = setUp();
    recorder.event(pod, 'Normal', 'Scheduled', 'Successfully assigned', { fieldPath: 'spec' });
    await recorder.flush();
    expect(client.all(EVENTS)[0]).toMatchObject({
      metadata: { namespace: 'a', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: {
        kind: 'Pod',
        apiVersion: 'v1',
        namespace: 'a',
        name: 'web',
        uid: 'u1',
        resourceVersion: '7',
        fieldPath: 'spec',
      },
      type: 'Normal',
      count: 1,
      source: { component: 'scheduler' },
      reportingComponent: 'scheduler',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  it('counts what repeats', async () => {
    const { clock, client, recorder, shown } = setUp();
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await clock.advance(5000);
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    expect(shown()).toEqual(['2x BackOff: again']);
    expect(client.all(EVENTS)[0]).toMatchObject({
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:05Z',
    });
  });

  it('writes a new Event when the counted one has expired', async () => {
    const { client, recorder, shown } = setUp();
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    for (const { metadata } of client.all(EVENTS)) {
      client.remove(EVENTS, { namespace: 'a', name: metadata.name ?? '' });
    }
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await recorder.flush();
    expect(shown()).toEqual(['1x BackOff: again']);
  });

  it('combines many similar ones', async () => {
    const { recorder, shown } = setUp();
    for (let i = 0; i < 12; i += 1) recorder.event(pod, 'Normal', 'Pulled', `took ${i} s`);
    await recorder.flush();
    expect(shown()).toHaveLength(10);
    expect(shown().at(-1)).toBe('3x Pulled: (combined from similar events): took 11 s');
  });

  it('cuts off an object that floods', async () => {
    const { recorder, shown } = setUp();
    for (let i = 0; i < 60; i += 1) recorder.event(pod, 'Normal', `Reason${i}`, 'x');
    await recorder.flush();
    expect(shown()).toHaveLength(25);
  });

  it('tries again after a failure of the server, not after a refusal', async () => {
    const { clock, client, recorder, shown } = setUp();
    client.failNext('create', EVENTS, newInternalError(new Error('away')), 2);
    recorder.event(pod, 'Normal', 'One', 'x');
    await clock.advance(5000);
    await recorder.flush();
    expect(shown()).toEqual(['1x One: x']);
    client.failNext('create', EVENTS, newForbidden(EVENTS, '', 'being terminated'));
    recorder.event(pod, 'Normal', 'Two', 'x');
    await recorder.flush();
    expect(shown()).toEqual(['1x One: x']);
  });
});
