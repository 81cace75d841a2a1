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
import { planPod } from './plan.ts';
import { newPodMemory, type PodMemory } from './pod-memory.ts';
import type { Plan, Step } from './steps.ts';

interface Case {
  readonly states?: readonly ContainerState[];
  readonly seconds?: number;
  readonly busy?: readonly string[];
  readonly memory?: (memory: PodMemory) => void;
}

function plan(pod: Pod, { states = [], seconds = 100, busy = [], memory }: Case = {}): Plan {
  const own = newPodMemory();
  own.readySandboxId = 'POD-0';
  memory?.(own);
  const nowMs = EPOCH_MS + seconds * 1000;
  return planPod({ pod, actual: actual(...states), memory: own, busy: new Set(busy), nowMs });
}

function show(step: Step): string {
  switch (step.do) {
    case 'startContainer':
      return `start ${step.name} #${step.attempt}`;
    case 'killContainer':
      return `kill ${step.name} ${step.graceSeconds}s`;
    case 'prepareSandbox':
      return `sandbox #${step.attempt}${step.adoptId ? ' adopted' : ''}`;
    case 'stopSandbox':
      return 'stop sandbox';
    case 'finishDeletion':
      return 'finish';
  }
}

const steps = (pod: Pod, given: Case = {}): string[] => plan(pod, given).steps.map(show);
const deleted = (pod: Pod, grace = 5): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: at(50), deletionGracePeriodSeconds: grace },
});

const withDebugger = (more: object = {}) =>
  aPod({ ephemeralContainers: [{ name: 'debugger', image: 'tools:1', ...more }] });

describe('planPod for ephemeral containers', () => {
  it('starts one beside what runs, and while an init container does not get anywhere', () => {
    const pod = withDebugger({ targetContainerName: 'main' });
    const states = [aSandbox(pod), aState(pod, 'main')];
    expect(plan(pod, { states }).steps).toMatchObject([
      { do: 'startContainer', role: 'ephemeral', name: 'debugger', targetId: 'main-0' },
    ]);
    const stuck = {
      ...pod,
      spec: { containers: [], ...pod.spec, initContainers: [aContainer('init')] },
    };
    expect(steps(stuck, { states: [aSandbox(stuck)] })).toEqual([
      'start debugger #0',
      'start init #0',
    ]);
  });

  it('never starts one again, and lets it not hold up the end of its pod', () => {
    const pod = withDebugger();
    const over = aState(pod, 'debugger', { role: 'ephemeral', ...ended(1, 20) });
    expect(steps(pod, { states: [aSandbox(pod), aState(pod, 'main'), over] })).toEqual([]);
    const once = { ...pod, spec: { containers: [], ...pod.spec, restartPolicy: 'Never' } };
    const running = aState(once, 'debugger', { role: 'ephemeral' });
    const done = aState(once, 'main', ended(0, 20));
    expect(steps(once, { states: [aSandbox(once), done, running] })).toEqual(['kill debugger 30s']);
  });
});

describe('planPod', () => {
  const pod = aPod();
  const sandbox = aSandbox(pod);

  it('begins with the sandbox and nothing else', () => {
    expect(steps(pod)).toEqual(['sandbox #0']);
  });

  it('adopts a sandbox that it does not know', () => {
    const memory = (own: PodMemory): void => {
      own.readySandboxId = undefined;
    };
    expect(steps(pod, { states: [sandbox, aState(pod, 'main')], memory })).toEqual([
      'sandbox #0 adopted',
    ]);
  });

  it('starts all containers once the sandbox is ready', () => {
    const two = aPod({ containers: [aContainer('a'), aContainer('b')] });
    expect(steps(two, { states: [aSandbox(two)] })).toEqual(['start a #0', 'start b #0']);
  });

  it('leaves alone what is as it should be', () => {
    expect(plan(pod, { states: [sandbox, aState(pod, 'main')] })).toEqual({
      steps: [],
      wakeAtMs: undefined,
    });
  });

  it('does not begin a step whose key is busy', () => {
    expect(steps(pod, { states: [sandbox], busy: ['container/main'] })).toEqual([]);
  });

  it('waits with a step that may not be tried yet', () => {
    const given = plan(pod, {
      states: [sandbox],
      memory: (own) => own.notBeforeMs.set('container/main', EPOCH_MS + 105_000),
    });
    expect(given).toEqual({ steps: [], wakeAtMs: EPOCH_MS + 105_000 });
  });

  it('does not wait longer than any back-off lasts, where the clock was set back', () => {
    const given = plan(pod, {
      states: [sandbox],
      memory: (own) => own.notBeforeMs.set('container/main', EPOCH_MS + 86_400_000),
    });
    expect(given.steps).toHaveLength(1);
  });

  it.each([
    ['Always', 0, ['start main #1']],
    ['Always', 1, ['start main #1']],
    ['OnFailure', 0, []],
    ['OnFailure', 1, ['start main #1']],
    ['Never', 0, []],
    ['Never', 1, []],
  ])('with policy %s and exit code %i: %j', (restartPolicy, code, wanted) => {
    const given = aPod({ restartPolicy });
    const states = [aSandbox(given), aState(given, 'main', ended(code, 20))];
    expect(steps(given, { states })).toEqual(wanted);
  });

  it('waits for the back-off of a container that crashes', () => {
    const states = [sandbox, aState(pod, 'main', { attempt: 1, ...ended(1, 98) })];
    const memory = (own: PodMemory): void => {
      own.crashes.next('main', EPOCH_MS + 20_000, EPOCH_MS + 20_000);
    };
    expect(plan(pod, { states, memory })).toEqual({ steps: [], wakeAtMs: EPOCH_MS + 108_000 });
    expect(steps(pod, { states, memory, seconds: 108 })).toEqual(['start main #2']);
  });

  it('makes a new sandbox after the engine lost all processes, and then starts containers anew', () => {
    const states = [aSandbox(pod, ended(255, 90)), aState(pod, 'main', ended(255, 90))];
    expect(steps(pod, { states })).toEqual(['sandbox #1']);
    const fresh = aSandbox(pod, { attempt: 1, createdAt: at(95) });
    const ready = (own: PodMemory): void => {
      own.readySandboxId = 'POD-1';
    };
    expect(steps(pod, { states: [...states, fresh], memory: ready })).toEqual(['start main #1']);
  });

  it('makes no new sandbox for a pod that has run its course', () => {
    const once = aPod({ restartPolicy: 'Never' });
    const states = [aSandbox(once, ended(255, 90)), aState(once, 'main', ended(255, 90))];
    expect(steps(once, { states })).toEqual([]);
  });

  it('ends containers whose sandbox died before it makes another', () => {
    const states = [aSandbox(pod, ended(0, 90)), aState(pod, 'main')];
    expect(steps(pod, { states })).toEqual(['kill main 30s']);
  });

  it('makes a container that was never started anew', () => {
    const states = [sandbox, aState(pod, 'main', { status: 'created', pid: 0 })];
    expect(plan(pod, { states }).steps).toMatchObject([
      { do: 'startContainer', attempt: 0, leftoverId: 'main-0' },
    ]);
  });

  it('ends a container that is not alive, with the grace of its probe', () => {
    const memory = (own: PodMemory): void => {
      own.verdicts.set('main-0', {
        started: true,
        ready: false,
        unhealthy: { probe: 'liveness', graceSeconds: 3 },
      });
    };
    expect(steps(pod, { states: [sandbox, aState(pod, 'main')], memory })).toEqual([
      'kill main 3s',
    ]);
  });

  it('ends a container whose image was changed', () => {
    const changed = aPod({ containers: [aContainer('main', { image: 'app:2' })] });
    expect(steps(changed, { states: [sandbox, aState(pod, 'main')] })).toEqual(['kill main 30s']);
  });

  describe('of a pod that is to be deleted', () => {
    const gone = deleted(pod);

    it('ends the containers, then the sandbox, then the object', () => {
      expect(steps(gone, { states: [sandbox, aState(pod, 'main')] })).toEqual(['kill main 5s']);
      const exited = aState(pod, 'main', ended(143, 60));
      expect(steps(gone, { states: [sandbox, exited] })).toEqual(['stop sandbox']);
      const down = (own: PodMemory): void => {
        own.readySandboxId = undefined;
      };
      const off = aSandbox(pod, ended(0, 61));
      expect(steps(gone, { states: [off, exited], memory: down })).toEqual(['finish']);
    });

    it('waits for what is under way', () => {
      expect(steps(gone, { states: [sandbox], busy: ['container/main'] })).toEqual([]);
    });
  });

  it('ends the containers of a pod that is over its deadline, and keeps the object', () => {
    const failed = (own: PodMemory): void => {
      own.failure = { reason: 'DeadlineExceeded', message: '' };
    };
    expect(steps(pod, { states: [sandbox, aState(pod, 'main')], memory: failed })).toEqual([
      'kill main 30s',
    ]);
  });

  describe('with init containers', () => {
    const inits = aPod({ initContainers: [aContainer('one'), aContainer('two')] });
    const own = aSandbox(inits);
    const one = (more = {}) => aState(inits, 'one', { role: 'init', ...more });

    it('runs one after the other', () => {
      expect(steps(inits, { states: [own] })).toEqual(['start one #0']);
      expect(steps(inits, { states: [own, one()] })).toEqual([]);
      expect(steps(inits, { states: [own, one(ended(0, 5))] })).toEqual(['start two #0']);
      const two = aState(inits, 'two', { role: 'init', ...ended(0, 6) });
      expect(steps(inits, { states: [own, one(ended(0, 5)), two] })).toEqual(['start main #0']);
    });

    it('runs them again in a new sandbox', () => {
      const later = aSandbox(inits, { createdAt: at(60) });
      expect(steps(inits, { states: [later, one(ended(0, 5))] })).toEqual(['start one #1']);
    });

    it('runs a failed one again, unless the policy is Never', () => {
      expect(steps(inits, { states: [own, one(ended(1, 5))] })).toEqual(['start one #1']);
      const never = aPod({ ...inits.spec, restartPolicy: 'Never' });
      expect(steps(never, { states: [own, one(ended(1, 5))] })).toEqual([]);
    });
  });
});
