import { describe, expect, it } from 'vitest';
import { type FakeClock, newFakeClock } from '../../controller-kit/fake/fake-clock.ts';
import { type FakeEngine, newFakeEngine } from '../../engine/fake/fake-engine.ts';
import { aContainer, aPod } from '../fake/pod-fixture.ts';
import type { AgentParts } from '../pod/agent-parts.ts';
import { newPodMemory, type PodMemory } from '../pod/pod-memory.ts';
import { ContainerProbes } from './container-probes.ts';

/** Probes of a container that the engine does not have: each of them fails. */
function probesOf(memory: PodMemory, clock: FakeClock, events: string[]): ContainerProbes {
  const engine: FakeEngine = newFakeEngine();
  const recorder = {
    event: (_: unknown, ...[, reason]: string[]) => void events.push(reason ?? ''),
  };
  const container = aContainer('main', {
    readinessProbe: { exec: { command: ['true'] }, periodSeconds: 5, failureThreshold: 1 },
  });
  return new ContainerProbes({
    parts: { engine, clock, recorder } as unknown as AgentParts,
    memory,
    pod: () => aPod(),
    container,
    containerId: 'main-0',
    startedMs: clock.now().getTime(),
    initial: { started: true, ready: true },
    changed: () => undefined,
  });
}

describe('ContainerProbes', () => {
  it('begins when the network of a container that was found running is known', async () => {
    const memory = newPodMemory();
    const clock = newFakeClock();
    const events: string[] = [];
    const probes = probesOf(memory, clock, events);
    await clock.advance(4_000);
    expect(events).toEqual([]);
    expect(memory.verdicts.get('main-0')?.ready).toBe(true);

    memory.readySandboxId = 'POD-0';
    await clock.advance(2_000);
    expect(events).toEqual(['Unhealthy']);
    expect(memory.verdicts.get('main-0')?.ready).toBe(false);
    probes.stop();
  });
});
