import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Node, Pod, Taint, Toleration } from '../../../apis/core/v1/types.ts';
import { NODES, PODS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newTaintEvictionController, stayMs } from './taint-eviction-controller.ts';

const OUT: Taint = { key: 'out', value: 'yes', effect: 'NoExecute' };

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

const node = (...taints: Taint[]): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  spec: { taints },
});
const pod = (...tolerations: Toleration[]): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name: 'web', uid: 'u1' },
  spec: { containers: [], nodeName: 'n1', tolerations },
  status: { phase: 'Running' },
});
const left = () =>
  harness.client.all(PODS).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .length;

async function run(first: Node, one: Pod): Promise<void> {
  harness.client.add(NODES, first);
  harness.client.add(PODS, one);
  await harness.start(newTaintEvictionController(harness.deps));
}

describe('stayMs', () => {
  it.each<[string, Toleration[], number | undefined]>([
    ['not tolerated', [], 0],
    ['tolerated by another key only', [{ key: 'other', operator: 'Exists' }], 0],
    ['tolerated for ever', [{ key: 'out', operator: 'Exists' }], undefined],
    ['tolerated for a while', [{ key: 'out', operator: 'Exists', tolerationSeconds: 5 }], 5000],
    ['tolerated for less than nothing', [{ operator: 'Exists', tolerationSeconds: -5 }], 0],
  ])('%s', (_, tolerations, expected) => {
    expect(stayMs(pod(...tolerations), [OUT])).toBe(expected);
  });
});

describe('newTaintEvictionController', () => {
  it('deletes a pod at once that does not tolerate a taint that comes', async () => {
    await run(node(), pod());
    expect(left()).toBe(1);
    harness.client.add(NODES, node(OUT));
    await harness.settle();
    expect(left()).toBe(0);
    expect(harness.events).toEqual(['Normal TaintManagerEviction: Marking for deletion Pod a/web']);
  });

  it('lets a pod stay for as long as it tolerates the taint', async () => {
    await run(node(OUT), pod({ key: 'out', operator: 'Exists', tolerationSeconds: 300 }));
    await harness.advance(299_000);
    expect(left()).toBe(1);
    await harness.advance(2000);
    expect(left()).toBe(0);
  });

  it('forgets it when the taint goes in time', async () => {
    await run(node(OUT), pod({ key: 'out', operator: 'Exists', tolerationSeconds: 300 }));
    await harness.advance(200_000);
    harness.client.add(NODES, node());
    await harness.settle();
    expect(harness.events).toEqual([
      'Normal TaintManagerEviction: Cancelling deletion of Pod a/web',
    ]);
    harness.client.add(NODES, node(OUT));
    await harness.advance(200_000);
    expect(left()).toBe(1);
  });

  it('leaves pods alone that other taints are for', async () => {
    await run(node({ ...OUT, effect: 'NoSchedule' }), pod());
    await harness.advance(10_000);
    expect(left()).toBe(1);
  });
});
