import { expect, it } from 'vitest';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { inDeletionOrder } from './deletion-order.ts';

interface Facts {
  readonly node?: string;
  readonly phase?: string;
  readonly readySince?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly created?: string;
}

function podOf(name: string, facts: Facts): Pod {
  const { node = 'n', phase = 'Running', readySince, cost, restarts = 0 } = facts;
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: readySince ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      creationTimestamp: facts.created ?? '2026-01-01T00:00:00Z',
      ...(cost ? { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } } : {}),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: readySince ? [ready] : [],
      containerStatuses: [
        { name: 'c', image: '', imageID: '', ready: true, restartCount: restarts },
      ],
    },
  };
}

const OLD = '2026-01-01T00:00:00Z';
const NEW = '2026-01-02T00:00:00Z';

it.each<[string, Facts, Facts]>([
  ['on no node', { node: '', phase: 'Pending' }, { phase: 'Pending' }],
  ['pending', { phase: 'Pending' }, { phase: 'Running' }],
  ['not ready', {}, { readySince: OLD }],
  ['cheap', { readySince: OLD, cost: '-5' }, { readySince: OLD }],
  ['ready more recently', { readySince: NEW }, { readySince: OLD }],
  ['restarted more often', { readySince: OLD, restarts: 3 }, { readySince: OLD }],
  ['younger', { readySince: OLD, created: NEW }, { readySince: OLD, created: OLD }],
])('a pod that is %s goes first', (_, first, second) => {
  const pods = [podOf('second', second), podOf('first', first)];
  expect(inDeletionOrder(pods).map((pod) => pod.metadata.name)).toEqual(['first', 'second']);
});

it('takes pods from the most crowded node first', () => {
  const facts = { readySince: OLD };
  const pods = [
    podOf('lonely', { ...facts, node: 'm' }),
    podOf('crowded-1', facts),
    podOf('crowded-2', facts),
  ];
  expect(inDeletionOrder(pods).at(-1)?.metadata.name).toBe('lonely');
});
