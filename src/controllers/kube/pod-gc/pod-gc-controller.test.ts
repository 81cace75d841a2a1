import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { NODES, PODS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newPodGcController } from './pod-gc-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

function podOf(name: string, phase: string, metadata: object = {}, nodeName = ''): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name, ...metadata },
    spec: { containers: [], ...(nodeName ? { nodeName } : {}) },
    status: { phase },
  };
}

const names = () => harness.client.all(PODS).map((pod) => pod.metadata.name);

it('keeps as many pods that have ended as it may, the youngest ones', async () => {
  const created = (day: number) => ({ creationTimestamp: `2026-01-0${day}T00:00:00Z` });
  harness.client.add(
    PODS,
    podOf('middle', 'Failed', created(2)),
    podOf('old', 'Succeeded', created(1)),
    podOf('new', 'Failed', created(3)),
    podOf('runs', 'Running', created(1)),
  );
  await harness.start(newPodGcController(harness.deps, { terminatedThreshold: 2 }));
  expect(names()).toEqual(['middle', 'new', 'runs']);
});

it('fails and removes pods of a node that stays away, not of one that comes back', async () => {
  harness.client.add(
    PODS,
    podOf('lost', 'Running', {}, 'gone'),
    podOf('kept', 'Running', {}, 'n1'),
  );
  await harness.start(newPodGcController(harness.deps));
  await harness.advance(20_000);
  expect(names()).toEqual(['kept', 'lost']);
  harness.client.add(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  await harness.advance(40_000);
  expect(names()).toEqual(['kept']);
  const statuses = harness.client.actions.filter((one) => one.subresource === 'status');
  expect(statuses.map((one) => (one.body as Pod).status?.phase)).toEqual(['Failed']);
});

it('removes pods that are being deleted and never had a node', async () => {
  const going = { deletionTimestamp: 'now', finalizers: [] };
  harness.client.add(
    PODS,
    podOf('unbound', 'Pending', going),
    podOf('bound', 'Running', going, 'n'),
  );
  await harness.start(newPodGcController(harness.deps));
  expect(names()).toEqual(['bound']);
});
