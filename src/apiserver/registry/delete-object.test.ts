import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../apis/core/v1/types.ts';
import { PODS } from '../../apis/resource-types.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

const ref = { namespace: 'ns', name: 'web' };
let api: TestApiServer;
let now = new Date('2024-01-01T00:00:00Z');
let isHeld = false;

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'ns' },
  spec: { containers: [{ name: 'c', image: 'c' }], terminationGracePeriodSeconds: 30 },
};

async function remove(options: Partial<DeleteOptions> = {}): Promise<Pod | undefined> {
  await api.client.delete(PODS, ref, options);
  return stored();
}

async function stored(): Promise<Pod | undefined> {
  try {
    return await api.client.get(PODS, ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const deletion = (object: Pod | undefined) => [
  object?.metadata.deletionTimestamp,
  object?.metadata.deletionGracePeriodSeconds,
];

beforeEach(async () => {
  now = new Date('2024-01-01T00:00:00Z');
  isHeld = false;
  api = await startTestApiServer(
    [
      {
        type: PODS,
        definition: 'io.k8s.api.core.v1.Pod',
        strategy: {
          hasGeneration: true,
          returnsDeletedObject: true,
          holdsDeletion: () => isHeld,
          gracePeriodSeconds: (object, options) =>
            options.gracePeriodSeconds ?? (object as Pod).spec?.terminationGracePeriodSeconds ?? 0,
        },
      },
    ],
    { clock: { now: () => now, setTimer: () => () => undefined } },
  );
  await api.client.create(PODS, pod);
});

afterEach(() => api.close());

describe('a graceful delete', () => {
  it('marks the object with the end of its grace period and counts a generation', async () => {
    const marked = await remove();
    expect(deletion(marked)).toEqual(['2024-01-01T00:00:30Z', 30]);
    expect(marked?.metadata.generation).toBe(2);
  });

  it('may be shortened but not prolonged', async () => {
    await remove();
    now = new Date('2024-01-01T00:00:02Z');
    expect(deletion(await remove({ gracePeriodSeconds: 60 }))).toEqual([
      '2024-01-01T00:00:30Z',
      30,
    ]);
    expect(deletion(await remove({ gracePeriodSeconds: 5 }))).toEqual(['2024-01-01T00:00:05Z', 5]);
  });

  it('leaves the last word to the node when a shorter period is over already', async () => {
    await remove();
    now = new Date('2024-01-01T00:00:20Z');
    expect(deletion(await remove({ gracePeriodSeconds: 5 }))).toEqual(['2024-01-01T00:00:20Z', 1]);
  });

  it('ends with a period of zero', async () => {
    await remove();
    expect(await remove({ gracePeriodSeconds: 0 })).toBeUndefined();
  });

  it('changes nothing when it is asked for again while a finalizer holds the object', async () => {
    const body = { metadata: { finalizers: ['example.com/held'] } };
    await api.client.patch(PODS, ref, { type: 'application/merge-patch+json', body });
    const first = await remove({ gracePeriodSeconds: 0 });
    expect(deletion(first)).toEqual(['2024-01-01T00:00:00Z', 0]);
    expect(await remove({ gracePeriodSeconds: 0 })).toEqual(first);
  });

  it('without a period marks the object and removes it, for all who watch', async () => {
    const { metadata } = await api.client.get(PODS, ref);
    const { resourceVersion = '' } = metadata;
    expect(await remove({ gracePeriodSeconds: 0 })).toBeUndefined();
    const seen: string[] = [];
    const events = await api.client.watch(PODS, { namespace: 'ns', resourceVersion });
    for await (const { type, object } of events) {
      seen.push(`${type} ${[...deletion(object), object.metadata.generation]}`);
      if (seen.length === 2) break;
    }
    const marks = '2024-01-01T00:00:00Z,0,2';
    expect(seen).toEqual([`MODIFIED ${marks}`, `DELETED ${marks}`]);
  });

  it('cannot be taken back by an update', async () => {
    const marked = await remove();
    const body = { metadata: { deletionTimestamp: null, deletionGracePeriodSeconds: null } };
    const type = 'application/merge-patch+json';
    const patched = await api.client.patch(PODS, ref, { type, body });
    expect(deletion(patched)).toEqual(deletion(marked));
  });

  it('refuses new finalizers', async () => {
    await remove();
    const body = { metadata: { finalizers: ['example.com/late'] } };
    const patch = { type: 'application/merge-patch+json', body } as const;
    await expect(api.client.patch(PODS, ref, patch)).rejects.toThrow(
      'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/late"}',
    );
  });
});

describe('a delete with a propagation policy', () => {
  it.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ])('%s leaves the object to the garbage collector', async (propagationPolicy, finalizers) => {
    const marked = await remove({ propagationPolicy, gracePeriodSeconds: 0 });
    expect(marked?.metadata.finalizers).toEqual(finalizers);
    expect(deletion(marked)).toEqual(['2024-01-01T00:00:00Z', 0]);
  });

  it('Background removes it', async () => {
    expect(
      await remove({ propagationPolicy: 'Background', gracePeriodSeconds: 0 }),
    ).toBeUndefined();
  });
});

it('an unknown propagation policy is refused', async () => {
  await expect(api.client.delete(PODS, ref, { propagationPolicy: 'Never' })).rejects.toThrow(
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Never": supported values: "Foreground", "Background", "Orphan", "nil"',
  );
});

it('a dry run deletes nothing', async () => {
  expect(deletion(await remove({ dryRun: ['All'] }))).toEqual([undefined, undefined]);
  const forced = await remove({ dryRun: ['All'], gracePeriodSeconds: 0 });
  expect(deletion(forced)).toEqual([undefined, undefined]);
});

describe('a delete of what is held', () => {
  it('changes nothing of an object that is going already', async () => {
    isHeld = true;
    await remove({ gracePeriodSeconds: 0 });
    const going = await stored();
    expect(going?.metadata.deletionTimestamp).toBeDefined();
    expect(await remove({ propagationPolicy: 'Foreground' })).toEqual(going);
  });
});

describe('a delete of a collection', () => {
  it('takes what there was at the version that it names', async () => {
    const { metadata } = await api.client.get(PODS, ref);
    await api.client.create(PODS, { ...pod, metadata: { name: 'later', namespace: 'ns' } });
    await api.client.transport.request({
      method: 'DELETE',
      path: '/api/v1/namespaces/ns/pods',
      query: new URLSearchParams({ resourceVersion: metadata.resourceVersion ?? '' }),
      body: { gracePeriodSeconds: 0 },
    });
    const { items } = await api.client.list(PODS, { namespace: 'ns' });
    expect(items.map((one) => one.metadata.name)).toEqual(['later']);
  });
});
