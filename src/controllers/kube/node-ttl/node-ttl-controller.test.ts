import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Node } from '../../../apis/core/v1/types.ts';
import { NODES } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newNodeTtlController, nextStep } from './node-ttl-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
});
afterEach(() => harness.stop());

const nodeOf = (name: string, annotations?: Record<string, string>): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(annotations && { annotations }) },
});

const times = () =>
  new Set(
    harness.client
      .all(NODES)
      .map((one) => one.metadata.annotations?.['node.alpha.kubernetes.io/ttl']),
  );

it('annotates nodes, keeps what else they carry, and writes nothing twice', async () => {
  harness.client.add(NODES, nodeOf('a', { mine: 'yes' }));
  await harness.start(newNodeTtlController(harness.deps));
  expect(harness.client.find(NODES, { name: 'a' })?.metadata.annotations).toEqual({
    mine: 'yes',
    'node.alpha.kubernetes.io/ttl': '0',
  });
  const writes = harness.client.writes().length;
  await harness.advance(180_000);
  expect(harness.client.writes()).toHaveLength(writes);
});

it('gives all nodes a longer time when there are many', async () => {
  harness.client.add(NODES, ...Array.from({ length: 100 }, (_, index) => nodeOf(`n${index}`)));
  await harness.start(newNodeTtlController(harness.deps));
  expect(times()).toEqual(new Set(['0']));
  harness.client.add(NODES, nodeOf('more'));
  await harness.advance(61_000);
  expect(times()).toEqual(new Set(['15']));
});

it.each([
  [0, 100, 0],
  [0, 101, 1],
  [1, 90, 1],
  [1, 89, 0],
  [0, 5000, 4],
  [4, 1800, 4],
  [4, 1, 0],
])('goes from step %i with %i nodes to step %i', (from, nodes, to) => {
  expect(nextStep(from, nodes)).toBe(to);
});
