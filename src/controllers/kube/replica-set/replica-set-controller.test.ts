import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS, REPLICA_SETS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newReplicaSetController } from './replica-set-controller.ts';

const READY = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
const OWNER = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  uid: 'd',
  controller: true,
};

function setOf(name: string, replicas: number, hash: string): ReplicaSet {
  const labels = { app: 'web', hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace: 'a', name, uid: name, ownerReferences: [OWNER] },
    spec: {
      replicas,
      selector: {
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'hash', operator: 'In', values: [hash] }],
      },
      template: { metadata: { labels }, spec: { containers: [] } },
    },
  };
}

function podOf(name: string, owner: string, nodeName: string): Pod {
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: owner,
    uid: owner,
    controller: true,
  };
  const labels = { app: 'web', hash: owner };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name, labels, ownerReferences: [reference] },
    spec: { containers: [], nodeName },
    status: { phase: 'Running', conditions: [READY] },
  };
}

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

it('creates the pods of a set and claims only what its expressions select', async () => {
  harness.client.add(REPLICA_SETS, setOf('new', 2, 'new'));
  const stray: Pod = podOf('stray', 'other', 'n');
  harness.client.add(PODS, { ...stray, metadata: { ...stray.metadata, ownerReferences: [] } });
  await harness.start(newReplicaSetController(harness.deps));
  const own = harness.client.all(PODS).filter((pod) => pod.metadata.name !== 'stray');
  expect(own).toHaveLength(2);
  for (const pod of own) {
    expect(pod.metadata.labels).toEqual({ app: 'web', hash: 'new' });
    expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', name: 'new' }]);
  }
  const set = harness.client.find(REPLICA_SETS, { namespace: 'a', name: 'new' });
  expect(set?.status).toMatchObject({ replicas: 2, fullyLabeledReplicas: 2 });
});

it('deletes first from nodes that the sets of one deployment crowd together', async () => {
  harness.client.add(REPLICA_SETS, setOf('old', 1, 'old'), setOf('new', 2, 'new'));
  harness.client.add(PODS, podOf('old-1', 'old', 'n1'), podOf('old-2', 'old', 'n2'));
  harness.client.add(PODS, podOf('new-1', 'new', 'n2'), podOf('new-2', 'new', 'n2'));
  await harness.start(newReplicaSetController(harness.deps));
  const going = harness.client.all(PODS).filter((pod) => pod.metadata.deletionTimestamp);
  expect(going.map((pod) => pod.metadata.name)).toEqual(['old-2']);
});
