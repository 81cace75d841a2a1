import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../apis/apps/v1/types.ts';
import { describeDeployment, describeReplicaSet } from './workloads.ts';

const NOW = new Date('2026-11-22T18:00:10Z');

const DEPLOYMENT: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'p', creationTimestamp: '2026-11-22T18:00:00Z' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:2' }] },
    },
  },
  status: { replicas: 3, updatedReplicas: 1, availableReplicas: 2, unavailableReplicas: 1 },
};

function replicaSet(name: string, image: string, replicas: number): ReplicaSet {
  const labels = { app: 'web', 'pod-template-hash': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'p',
      labels,
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true },
      ],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    },
    status: { replicas },
  };
}

describe('describeDeployment', () => {
  const sets = [replicaSet('c', 'web:2', 1), replicaSet('b', 'web:1', 2), replicaSet('a', 'w', 0)];
  const text = describeDeployment(DEPLOYMENT, sets, [], NOW);

  it('counts replicas and tells the strategy', () => {
    expect(text).toContain(
      '\nSelector:               app=web\nReplicas:               2 desired | 1 updated | 3 total | 2 available | 1 unavailable\nStrategyType:           RollingUpdate\nMinReadySeconds:        0\nRollingUpdateStrategy:  1 max unavailable, 25% max surge\nPod Template:\n',
    );
  });

  it('tells the replica set of the template from the old ones that still have replicas', () => {
    expect(text).toMatch(
      /\nOldReplicaSets: +b \(2\/2 replicas created\)\nNewReplicaSet: +c \(1\/1 replicas created\)\n/,
    );
  });
});

describe('describeReplicaSet', () => {
  it('names the owner and counts the pods by their phases', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, status: { phase: 'Running' } };
    const text = describeReplicaSet(replicaSet('c', 'web:2', 1), [pod], [], NOW);
    expect(text).toMatch(
      /\nControlled By: +Deployment\/web\nReplicas: +1 current \/ 1 desired\nPods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed\nPod Template:\n/,
    );
    expect(text).toMatch(/\nSelector: +app=web,pod-template-hash=c\n/);
  });
});
