import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Node, Pod, PodSpec, Taint } from '../../../apis/core/v1/types.ts';
import { NAMESPACES, NODES, PODS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newScheduler } from './scheduler.ts';

interface NodeFacts {
  readonly labels?: Record<string, string>;
  readonly taints?: Taint[];
  readonly unschedulable?: boolean;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
}

function nodeOf(name: string, facts: NodeFacts = {}): Node {
  const { labels = {}, taints, unschedulable, cpu = '4', memory = '8Gi', pods = '110' } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
    status: { allocatable: { cpu, memory, pods } },
  };
}

function podOf(
  name: string,
  spec: Partial<PodSpec> = {},
  labels: Record<string, string> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name, labels },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    status: { phase: 'Pending' },
  };
}

function needs(cpu: string, memory = '1Mi'): Partial<PodSpec> {
  return { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory } } }] };
}

const antiAffinity = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
};
const affinity = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'zone' },
      ],
    },
  },
};

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

async function run(nodes: Node[], ...pods: Pod[]): Promise<void> {
  harness.client.add(NODES, ...nodes);
  harness.client.add(PODS, ...pods);
  await harness.start(newScheduler(harness.deps));
}

const nodeNameOf = (name: string) =>
  harness.client.find(PODS, { namespace: 'a', name })?.spec?.nodeName;
const conditionOf = (name: string) =>
  harness.client.find(PODS, { namespace: 'a', name })?.status?.conditions?.[0];

describe('the scheduler', () => {
  it('binds a pod and says so', async () => {
    await run([nodeOf('n1')], podOf('web'));
    expect(nodeNameOf('web')).toBe('n1');
    expect(harness.events).toEqual(['Normal Scheduled: Successfully assigned a/web to n1']);
  });

  it('leaves pods of other schedulers, gated and finished ones alone', async () => {
    await run(
      [nodeOf('n1')],
      podOf('other', { schedulerName: 'mine' }),
      podOf('gated', { schedulingGates: [{ name: 'wait' }] }),
      { ...podOf('done'), status: { phase: 'Failed' } },
    );
    expect(harness.client.writes()).toEqual([]);
  });

  it.each<[string, Node, Partial<PodSpec>, string]>([
    ['cpu', nodeOf('n1', { cpu: '1' }), needs('2'), '1 Insufficient cpu'],
    [
      'cpu and memory',
      nodeOf('n1', { cpu: '1', memory: '1Gi' }),
      needs('2', '2Gi'),
      '1 Insufficient cpu, 1 Insufficient memory',
    ],
    ['pods', nodeOf('n1', { pods: '0' }), {}, '1 Too many pods'],
    ['cordon', nodeOf('n1', { unschedulable: true }), {}, '1 node(s) were unschedulable'],
    [
      'taint',
      nodeOf('n1', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }),
      {},
      '1 node(s) had untolerated taint {k: v}',
    ],
    [
      'node selector',
      nodeOf('n1'),
      { nodeSelector: { disk: 'ssd' } },
      "1 node(s) didn't match Pod's node affinity/selector",
    ],
    ['affinity', nodeOf('n1'), affinity, "1 node(s) didn't match pod affinity rules"],
  ])('says what lacks: %s', async (_, node, spec, reason) => {
    await run([node], podOf('web', spec));
    expect(nodeNameOf('web')).toBeUndefined();
    const { message = '' } = conditionOf('web') ?? {};
    expect(conditionOf('web')).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
    });
    expect(message.split('. no new claims')[0]).toBe(`0/1 nodes are available: ${reason}`);
    expect(harness.events).toEqual([`Warning FailedScheduling: ${message}`]);
  });

  it('counts the reasons of several nodes', async () => {
    await run(
      [
        nodeOf('n1', { cpu: '1' }),
        nodeOf('n2', { cpu: '1' }),
        nodeOf('n3', { unschedulable: true }),
      ],
      podOf('web', needs('2')),
    );
    expect(conditionOf('web')?.message).toBe(
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. ' +
        'no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
    );
  });

  it('says that there are no nodes, and binds when one comes', async () => {
    await run([], podOf('web'));
    expect(conditionOf('web')?.message).toBe('no nodes available to schedule pods');
    harness.client.add(NODES, nodeOf('n1'));
    await harness.settle();
    expect(nodeNameOf('web')).toBe('n1');
  });

  it('never gives out more than a node has, and goes on when room becomes free', async () => {
    const wanting = ['p1', 'p2', 'p3'].map((name) => podOf(name, needs('1500m')));
    await run([nodeOf('n1', { cpu: '4' })], ...wanting);
    const bound = () =>
      harness.client.all(PODS).filter((pod) => pod.spec?.nodeName !== undefined).length;
    expect(bound()).toBe(2);
    const [first] = harness.client.all(PODS).filter((pod) => pod.spec?.nodeName);
    if (first) harness.client.add(PODS, { ...first, status: { phase: 'Succeeded' } });
    await harness.settle();
    expect(bound()).toBe(3);
  });

  it('spreads over nodes with the most room', async () => {
    const pods = ['p1', 'p2', 'p3', 'p4'].map((name) => podOf(name, needs('1')));
    await run([nodeOf('n1'), nodeOf('n2')], ...pods);
    const count = (node: string) =>
      harness.client.all(PODS).filter((pod) => pod.spec?.nodeName === node).length;
    expect([count('n1'), count('n2')]).toEqual([2, 2]);
  });

  it('follows tolerations, selectors and preferences', async () => {
    const ssd = [{ key: 'disk', operator: 'In', values: ['ssd'] }];
    const required = { nodeSelectorTerms: [{ matchExpressions: ssd }] };
    await run(
      [
        nodeOf('n1', { taints: [{ key: 'k', effect: 'NoExecute' }] }),
        nodeOf('n2', { labels: { disk: 'ssd' }, cpu: '1' }),
        nodeOf('n3', { taints: [{ key: 'p', effect: 'PreferNoSchedule' }], cpu: '64' }),
      ],
      podOf('tolerant', {
        tolerations: [{ key: 'k', operator: 'Exists' }],
        nodeSelector: { 'kubernetes.io/hostname': 'n1' },
      }),
      podOf('picky', {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      }),
      podOf('any'),
    );
    expect([nodeNameOf('tolerant'), nodeNameOf('picky'), nodeNameOf('any')]).toEqual([
      'n1',
      'n2',
      'n2',
    ]);
  });

  it('keeps pods apart and together as they require', async () => {
    harness.client.add(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a' },
    });
    await run(
      [
        nodeOf('n1', { labels: { zone: 'z1' } }),
        nodeOf('n2', { labels: { zone: 'z2' }, cpu: '64' }),
      ],
      { ...podOf('placed', { nodeName: 'n1' }, { app: 'x' }) },
      podOf('apart', antiAffinity, { app: 'x' }),
      podOf('late', antiAffinity, { app: 'x' }),
    );
    expect([nodeNameOf('apart'), nodeNameOf('late')].sort()).toEqual(['n2', undefined]);
    expect(conditionOf('late')?.message ?? conditionOf('apart')?.message).toContain(
      "2 node(s) didn't satisfy existing pods anti-affinity rules".replace('2', '1'),
    );
    harness.client.remove(PODS, { namespace: 'a', name: 'apart' });
    harness.client.add(PODS, podOf('together', affinity));
    await harness.settle();
    expect(['n1', 'n2']).toContain(nodeNameOf('together'));
  });

  it('does not give a host port twice', async () => {
    const port = { ports: [{ containerPort: 80, hostPort: 80 }] };
    const spec = { containers: [{ name: 'c', image: 'i', ...port }] };
    await run([nodeOf('n1')], podOf('one', spec), podOf('two', spec));
    expect(conditionOf('two')?.message).toContain("1 node(s) didn't have free ports");
  });

  it('ignores heartbeats of nodes', async () => {
    await run([nodeOf('n1', { cpu: '1' })], podOf('web', needs('2')));
    const before = harness.events.length;
    const node = harness.client.find(NODES, { name: 'n1' });
    if (node) {
      const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: 'later' };
      harness.client.add(NODES, { ...node, status: { ...node.status, conditions: [ready] } });
    }
    await harness.settle();
    expect(harness.events).toHaveLength(before);
  });
});
