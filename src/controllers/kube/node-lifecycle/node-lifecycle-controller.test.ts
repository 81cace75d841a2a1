import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Node, Pod } from '../../../apis/core/v1/types.ts';
import { LEASES, NODES, PODS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newNodeLifecycleController } from './node-lifecycle-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

function nodeOf(ready: string, heartbeat: string): Node {
  const condition = { type: 'Ready', status: ready, lastHeartbeatTime: heartbeat };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: { taints: [{ key: 'mine', effect: 'NoSchedule' }] },
    status: { conditions: [condition] },
  };
}

const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name: 'web' },
  spec: { containers: [], nodeName: 'n1' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

const node = () => harness.client.find(NODES, { name: 'n1' });
const taints = () => (node()?.spec?.taints ?? []).map((one) => `${one.key}:${one.effect}`);
const ready = () => node()?.status?.conditions?.find((one) => one.type === 'Ready');

async function run(first: Node): Promise<void> {
  harness.client.add(NODES, first);
  harness.client.add(PODS, POD);
  await harness.start(newNodeLifecycleController(harness.deps, { graceMs: 60_000 }));
}

it('leaves a node alone whose agent reports', async () => {
  await run(nodeOf('True', 't0'));
  for (let i = 1; i <= 5; i += 1) {
    await harness.advance(30_000);
    harness.client.add(NODES, nodeOf('True', `t${i}`));
  }
  expect(harness.client.writes()).toEqual([]);
});

it('leaves a node alone whose agent only renews its lease', async () => {
  const lease = (renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'kube-node-lease', name: 'n1' },
    spec: { renewTime },
  });
  await run(nodeOf('True', 't0'));
  for (let i = 0; i < 20; i += 1) {
    harness.client.add(LEASES, lease(`r${i}`));
    await harness.advance(10_000);
  }
  expect(ready()?.status).toBe('True');
  await harness.advance(70_000);
  expect(ready()?.status).toBe('Unknown');
});

it('leaves a node alone when the time of day is set, and notices later that it is silent', async () => {
  await run(nodeOf('True', 't0'));
  for (const hours of [8, -16]) {
    await harness.advance(5_000);
    harness.clock.jump(hours * 3_600_000);
    await harness.advance(5_000);
    expect(ready()?.status).toBe('True');
  }
  await harness.advance(60_000);
  expect(ready()?.status).toBe('Unknown');
});

it('marks a silent node as unknown, taints it and takes its pods out of service', async () => {
  await run(nodeOf('True', 't0'));
  await harness.advance(70_000);
  expect(ready()).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(taints()).toEqual([
    'mine:NoSchedule',
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  const [pod] = harness.client.all(PODS);
  expect(pod?.status?.conditions?.[0]?.status).toBe('False');
  expect(harness.events[0]).toBe('Normal NodeNotReady: Node n1 status is now: NodeNotReady');
  const writes = harness.client.writes().length;
  await harness.advance(60_000);
  expect(harness.client.writes()).toHaveLength(writes);
});

it('takes its taints back when the agent reports again', async () => {
  await run(nodeOf('True', 't0'));
  await harness.advance(70_000);
  const current = node();
  const conditions = nodeOf('True', 't1').status?.conditions ?? [];
  if (current) harness.client.add(NODES, { ...current, status: { conditions } });
  await harness.settle();
  expect(taints()).toEqual(['mine:NoSchedule']);
});

it('taints a node that says it is not ready or short of disk', async () => {
  const pressure = { type: 'DiskPressure', status: 'True', lastHeartbeatTime: 't0' };
  const first = nodeOf('False', 't0');
  const conditions = [...(first.status?.conditions ?? []), pressure];
  await run({ ...first, status: { conditions } });
  expect(taints()).toEqual([
    'mine:NoSchedule',
    'node.kubernetes.io/not-ready:NoSchedule',
    'node.kubernetes.io/not-ready:NoExecute',
    'node.kubernetes.io/disk-pressure:NoSchedule',
  ]);
});

it('lets old labels follow those that took their place', async () => {
  const first = nodeOf('True', 't0');
  const labels = { 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'arm64' };
  await run({ ...first, metadata: { ...first.metadata, labels } });
  const followed = { ...labels, 'beta.kubernetes.io/os': 'linux' };
  expect(node()?.metadata.labels).toEqual(followed);
  const changed = { ...labels, 'kubernetes.io/arch': 'amd64' };
  harness.client.add(NODES, { ...first, metadata: { ...first.metadata, labels: changed } });
  await harness.advance(5_000);
  expect(node()?.metadata.labels?.['beta.kubernetes.io/arch']).toBe('amd64');
});
