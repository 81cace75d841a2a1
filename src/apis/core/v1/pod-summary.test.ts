import { describe, expect, it } from 'vitest';
import { POD_COLUMNS } from './columns.ts';
import { podSummary } from './pod-summary.ts';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from './types.ts';

const NOW = new Date('2026-01-01T12:00:00Z');

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}) {
  return { name, image: 'x', imageID: '', ready: false, restartCount: 0, state, ...more };
}

const running = { running: { startedAt: '2026-01-01T11:00:00Z' } };
const exited = (exitCode: number, reason = '') => ({ terminated: { exitCode, reason } });

function pod(podStatus: PodStatus, more: Partial<Pod['metadata']> = {}, inits: string[] = []): Pod {
  const containers = (podStatus.containerStatuses ?? [{ name: 'a' }]).map(({ name }) => ({ name }));
  const initContainers = inits.map((name) => ({ name }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', creationTimestamp: '2026-01-01T11:04:00Z', ...more },
    spec: { containers, initContainers },
    status: podStatus,
  };
}

describe('podSummary', () => {
  it.each<[string, Pod, Partial<ReturnType<typeof podSummary>>]>([
    [
      'a running pod',
      pod({ phase: 'Running', containerStatuses: [status('a', running, { ready: true })] }),
      { status: 'Running', ready: 1, total: 1 },
    ],
    [
      'a finished pod',
      pod({ phase: 'Succeeded', containerStatuses: [status('a', exited(0, 'Completed'))] }),
      { status: 'Completed', ready: 0 },
    ],
    [
      'a crash loop',
      pod({
        phase: 'Running',
        containerStatuses: [
          status('a', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3 }),
        ],
      }),
      { status: 'CrashLoopBackOff', restarts: 3 },
    ],
    [
      'an exit without a reason',
      pod({ phase: 'Failed', containerStatuses: [status('a', exited(3))] }),
      { status: 'ExitCode:3' },
    ],
    [
      'a pod in its second init container',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [status('i', exited(0)), status('j', running)],
          containerStatuses: [status('a', { waiting: { reason: 'PodInitializing' } })],
        },
        {},
        ['i', 'j'],
      ),
      { status: 'Init:1/2' },
    ],
    [
      'a failed init container',
      pod({ phase: 'Pending', initContainerStatuses: [status('i', exited(1, 'Error'))] }, {}, [
        'i',
      ]),
      { status: 'Init:Error' },
    ],
    [
      'a pod that is going',
      pod(
        { phase: 'Running', containerStatuses: [status('a', running, { ready: true })] },
        { deletionTimestamp: '2026-01-01T11:59:00Z' },
      ),
      { status: 'Terminating' },
    ],
    [
      'a pod with one container done and one running',
      pod({
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          status('a', exited(0, 'Completed')),
          status('b', running, { ready: true }),
        ],
      }),
      { status: 'NotReady', ready: 1, total: 2 },
    ],
    ['an evicted pod', pod({ phase: 'Failed', reason: 'Evicted' }), { status: 'Evicted' }],
  ])('tells %s', (_, object, expected) => {
    expect(podSummary(object)).toMatchObject(expected);
  });

  it('shows the wide table', () => {
    const object = pod({
      phase: 'Running',
      podIPs: [{ ip: '10.128.0.244' }],
      containerStatuses: [
        status('a', running, {
          ready: true,
          restartCount: 1,
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T11:59:55Z' } },
        }),
      ],
    });
    const cells = POD_COLUMNS.map((column) => column.cell(object, NOW));
    expect(cells).toEqual([
      'web',
      '1/1',
      'Running',
      '1 (5s ago)',
      '56m',
      '10.128.0.244',
      '<none>',
      '<none>',
      '<none>',
    ]);
  });
});
