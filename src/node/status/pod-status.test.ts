import { describe, expect, it } from 'vitest';
import type { Pod } from '../../apis/core/v1/types.ts';
import type { ContainerState } from '../../engine/engine.ts';
import {
  aContainer,
  actual,
  aPod,
  aSandbox,
  aState,
  at,
  EPOCH_MS,
  ended,
} from '../fake/pod-fixture.ts';
import { newPodMemory, type PodMemory } from '../pod/pod-memory.ts';
import { podStatus } from './pod-status.ts';

function statusOf(
  pod: Pod,
  states: readonly ContainerState[],
  memory: (own: PodMemory) => void = () => undefined,
) {
  const own = newPodMemory();
  own.readySandboxId = 'POD-0';
  own.podIP = '10.128.0.9';
  memory(own);
  const nowMs = EPOCH_MS + 100_000;
  return podStatus({ pod, actual: actual(...states), memory: own, hostIP: '192.0.2.1', nowMs });
}

const ready = (own: PodMemory): void => {
  own.verdicts.set('main-0', { started: true, ready: true });
};

describe('podStatus', () => {
  const pod = aPod();
  const sandbox = aSandbox(pod);

  it('of a pod whose container runs and is ready', () => {
    expect(statusOf(pod, [sandbox, aState(pod, 'main')], ready)).toEqual({
      conditions: [
        ['PodReadyToStartContainers', 'True'],
        ['Initialized', 'True'],
        ['Ready', 'True'],
        ['ContainersReady', 'True'],
        ['PodScheduled', 'True'],
      ].map(([type, status]) => ({ type, status, lastTransitionTime: '2026-01-01T00:01:40Z' })),
      containerStatuses: [
        {
          containerID: 'docker://main-0',
          image: 'app:1',
          imageID: 'sha256:1',
          lastState: {},
          name: 'main',
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: '2026-01-01T00:00:02Z' } },
        },
      ],
      hostIP: '192.0.2.1',
      hostIPs: [{ ip: '192.0.2.1' }],
      phase: 'Running',
      podIP: '10.128.0.9',
      podIPs: [{ ip: '10.128.0.9' }],
      qosClass: 'BestEffort',
      startTime: '2026-01-01T00:01:40Z',
    });
  });

  it('of a pod that is being made', () => {
    const status = statusOf(pod, []);
    expect(status.phase).toBe('Pending');
    expect(status.containerStatuses?.[0]).toMatchObject({
      imageID: '',
      ready: false,
      started: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    });
    expect(status.conditions?.[2]).toMatchObject({
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
  });

  it('of a pod that waits for its init containers', () => {
    const inits = aPod({ initContainers: [aContainer('one')] });
    const status = statusOf(inits, [aSandbox(inits)]);
    expect(status.initContainerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing');
    expect(status.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing');
    expect(status.conditions?.[1]).toMatchObject({
      type: 'Initialized',
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [one]',
    });
  });

  it.each([
    ['Never', 0, 'Succeeded', 'PodCompleted'],
    ['Never', 3, 'Failed', 'PodFailed'],
    ['OnFailure', 0, 'Succeeded', 'PodCompleted'],
    ['OnFailure', 3, 'Running', 'ContainersNotReady'],
    ['Always', 0, 'Running', 'ContainersNotReady'],
  ])('with policy %s and exit code %i is %s', (restartPolicy, code, phase, reason) => {
    const given = aPod({ restartPolicy });
    const status = statusOf(given, [aSandbox(given), aState(given, 'main', ended(code, 20))]);
    expect(status.phase).toBe(phase);
    expect(status.conditions?.find(({ type }) => type === 'Ready')?.reason).toBe(reason);
    expect(status.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: code,
      reason: code === 0 ? 'Completed' : 'Error',
      finishedAt: '2026-01-01T00:00:20Z',
    });
  });

  it('tells a container that the kernel killed for its memory', () => {
    const state = aState(pod, 'main', { ...ended(137, 20), oomKilled: true });
    const status = statusOf(pod, [sandbox, state]);
    expect(status.containerStatuses?.[0]?.state?.terminated?.reason).toBe('OOMKilled');
  });

  it('shows a crash that waits as CrashLoopBackOff, with the end as its last state', () => {
    const state = aState(pod, 'main', { attempt: 2, ...ended(1, 98) });
    const status = statusOf(pod, [sandbox, state], (own) =>
      own.waiting.set('main', { reason: 'CrashLoopBackOff', message: 'back-off' }),
    );
    expect(status.containerStatuses?.[0]).toMatchObject({
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(status.phase).toBe('Running');
  });

  it('shows the end of the container before as the last state', () => {
    const states = [sandbox, aState(pod, 'main', ended(9, 5)), aState(pod, 'main', { attempt: 1 })];
    const status = statusOf(pod, states);
    expect(status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      state: { running: {} },
      lastState: { terminated: { exitCode: 9 } },
    });
  });

  it('keeps the times of conditions that stay as they were', () => {
    const before = statusOf(pod, [sandbox, aState(pod, 'main')], ready);
    const conditions = (before.conditions ?? []).map((one) => ({
      ...one,
      lastTransitionTime: '2020-01-01T00:00:00Z',
    }));
    const again = { ...pod, status: { ...before, conditions } };
    const after = statusOf(again, [sandbox, aState(pod, 'main')]);
    const timeOf = (type: string) =>
      after.conditions?.find((one) => one.type === type)?.lastTransitionTime;
    expect(timeOf('PodScheduled')).toBe('2020-01-01T00:00:00Z');
    expect(timeOf('Ready')).toBe('2026-01-01T00:01:40Z');
  });

  it('keeps conditions of others, and waits for readiness gates', () => {
    const gated = aPod(
      { readinessGates: [{ conditionType: 'example.com/up' }] },
      { conditions: [{ type: 'example.com/up', status: 'False' }] },
    );
    const status = statusOf(gated, [aSandbox(gated), aState(gated, 'main')], ready);
    expect(status.conditions).toContainEqual({ type: 'example.com/up', status: 'False' });
    expect(status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
    });
  });

  it('of a pod over its deadline fails when the last container has ended', () => {
    const over = (own: PodMemory): void => {
      own.failure = { reason: 'DeadlineExceeded', message: 'too long' };
    };
    const ending = statusOf(pod, [sandbox, aState(pod, 'main')], over);
    expect(ending).toMatchObject({ phase: 'Running' });
    expect(ending).not.toHaveProperty('reason');
    expect(ending.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'PodFailed',
    });
    expect(statusOf(pod, [sandbox, aState(pod, 'main', ended(137, 50))], over)).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'too long',
    });
  });

  it('keeps a phase that is final', () => {
    const done = aPod({ restartPolicy: 'Never' }, { phase: 'Failed', reason: 'Evicted' });
    expect(statusOf(done, [])).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  });

  it('keeps the image name that an agent before had found', () => {
    const before = statusOf(pod, [sandbox, aState(pod, 'main')], (own) => {
      own.imageNames.set('sha256:1', 'reg/app@sha256:2');
    });
    const again = statusOf({ ...pod, status: before }, [sandbox, aState(pod, 'main')]);
    expect(again.containerStatuses?.[0]?.imageID).toBe('reg/app@sha256:2');
  });

  it('dates from the start of the pod', () => {
    const begun = aPod({}, { startTime: at(3) });
    expect(statusOf(begun, []).startTime).toBe(at(3));
  });
});
