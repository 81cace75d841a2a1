import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newForbidden } from '../../../machinery/status-error.ts';
import { newReplicationControllerController } from './replication-controller.ts';

const RC_REF = { namespace: 'a', name: 'web-1' };

function rcOf(replicas: number, more: object = {}): ReplicationController {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { ...RC_REF, uid: 'rc-uid' },
    spec: {
      replicas,
      selector: { app: 'web' },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
      ...more,
    },
  };
}

function podOf(name: string, more: Partial<Pod> = {}): Pod {
  const metadata = { namespace: 'a', name, labels: { app: 'web' }, ...more.metadata };
  return { apiVersion: 'v1', kind: 'Pod', spec: { containers: [] }, ...more, metadata };
}

const READY = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

async function run(rc: ReplicationController, ...pods: Pod[]): Promise<void> {
  harness.client.add(REPLICATION_CONTROLLERS, rc);
  harness.client.add(PODS, ...pods);
  await harness.start(newReplicationControllerController(harness.deps));
}

async function scale(replicas: number): Promise<void> {
  const rc = harness.client.find(REPLICATION_CONTROLLERS, RC_REF);
  if (!rc) throw new Error('no rc');
  harness.client.add(REPLICATION_CONTROLLERS, { ...rc, spec: { ...rc.spec, replicas } });
  await harness.settle();
}

const podNames = () => harness.client.all(PODS).map((pod) => pod.metadata.name);
const status = () => harness.client.find(REPLICATION_CONTROLLERS, RC_REF)?.status;

describe('the replication controller', () => {
  it('creates the pods that are missing, as its own, and reports them', async () => {
    await run(rcOf(3));
    const pods = harness.client.all(PODS);
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(/^web-1-[a-z0-9]{5}$/);
      expect(pod.metadata.labels).toEqual({ app: 'web' });
      expect(pod.metadata.ownerReferences).toEqual([
        {
          apiVersion: 'v1',
          kind: 'ReplicationController',
          name: 'web-1',
          uid: 'rc-uid',
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
    }
    expect(status()).toMatchObject({ replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 0 });
    const name = harness.client.actions.find((one) => one.verb === 'create');
    expect(name?.resource).toBe('pods');
    expect(harness.events).toContain(`Normal SuccessfulCreate: Created pod: ${podNames()[0]}`);
  });

  it('replaces a pod that is deleted or that ended', async () => {
    await run(rcOf(2));
    const [first = '', second = ''] = podNames();
    harness.client.remove(PODS, { namespace: 'a', name: first });
    const pod = harness.client.find(PODS, { namespace: 'a', name: second });
    if (pod) harness.client.add(PODS, { ...pod, status: { phase: 'Failed' } });
    await harness.settle();
    expect(harness.client.all(PODS)).toHaveLength(3);
    expect(status()?.replicas).toBe(2);
  });

  it('deletes what is too much, pods that are not ready first', async () => {
    const owned = (name: string, ready: boolean): Pod =>
      podOf(name, {
        spec: { containers: [], nodeName: 'n' },
        status: { phase: 'Running', conditions: ready ? [READY] : [] },
      });
    await run(rcOf(3), owned('ready-1', true), owned('slow', false), owned('ready-2', true));
    await scale(2);
    const going = harness.client.all(PODS).filter((pod) => pod.metadata.deletionTimestamp);
    expect(going.map((pod) => pod.metadata.name)).toEqual(['slow']);
    expect(harness.events).toEqual(['Normal SuccessfulDelete: Deleted pod: slow']);
    expect(status()).toMatchObject({ replicas: 2, readyReplicas: 2 });
  });

  it('adopts pods that match and nobody controls, and releases its own that do not', async () => {
    await run(rcOf(1), podOf('stray'));
    expect(podNames()).toEqual(['stray']);
    const [stray] = harness.client.all(PODS);
    expect(stray?.metadata.ownerReferences?.[0]?.uid).toBe('rc-uid');
    if (stray) harness.client.add(PODS, { ...stray, metadata: { ...stray.metadata, labels: {} } });
    await harness.settle();
    expect(podNames()).toHaveLength(2);
    const released = harness.client.find(PODS, { namespace: 'a', name: 'stray' });
    expect(released?.metadata.ownerReferences).toBeUndefined();
  });

  it('leaves pods of another controller alone', async () => {
    const other = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      name: 'other',
      uid: 'x',
      controller: true,
    };
    await run(rcOf(0), podOf('theirs', { metadata: { ownerReferences: [other] } }));
    expect(harness.client.writes()).toEqual(['update replicationcontrollers/status a/web-1']);
  });

  it('does not create twice what its informer has not shown yet', async () => {
    await run(rcOf(0));
    const realWatch = harness.client.actions.length;
    harness.client.breakWatches(PODS);
    await scale(2);
    await harness.advance(1);
    await scale(2);
    await harness.advance(5000);
    expect(realWatch).toBeGreaterThan(0);
    expect(podNames()).toHaveLength(2);
  });

  it('says in a condition and an event why it cannot create, and recovers', async () => {
    const refusal = newForbidden(PODS, 'web-1-', 'exceeded quota: compute');
    const create = harness.client.react((action) => {
      if (action.verb === 'create' && action.resource === 'pods') throw refusal;
      return undefined;
    });
    await run(rcOf(5));
    expect(status()?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal.message },
    ]);
    expect(harness.events[0]).toBe(
      'Warning FailedCreate: Error creating: pods "web-1-" is forbidden: exceeded quota: compute',
    );
    const tries = harness.client.actions.filter((one) => one.verb === 'create').length;
    expect(tries).toBeLessThan(5);
    create();
    await harness.advance(1000);
    expect(podNames()).toHaveLength(5);
    expect(status()?.conditions).toBeUndefined();
  });

  it('counts a pod as available only after minReadySeconds', async () => {
    const ready = podOf('one', {
      spec: { containers: [], nodeName: 'n' },
      status: { phase: 'Running', conditions: [READY] },
    });
    await run(rcOf(1, { minReadySeconds: 10 }), ready);
    expect(status()).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    await harness.advance(10_000);
    expect(status()).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });

  it('creates nothing once it is being deleted', async () => {
    const rc = rcOf(2);
    const metadata = {
      ...rc.metadata,
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['foregroundDeletion'],
    };
    await run({ ...rc, metadata });
    expect(podNames()).toEqual([]);
  });
});
