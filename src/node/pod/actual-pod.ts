import type { ContainerState, Engine } from '../../engine/engine.ts';
import { type ContainerIdentity, identityOf, LABELS } from '../labels.ts';

/** ActualContainer is a container of a pod as the engine has it. */
export interface ActualContainer {
  readonly identity: ContainerIdentity;
  readonly state: ContainerState;
}

/** ActualPod is what the engine has of a pod; newest containers first. */
export interface ActualPod {
  readonly sandboxes: readonly ActualContainer[];
  readonly containers: ReadonlyMap<string, readonly ActualContainer[]>;
}

/** NOTHING is a pod of which the engine has nothing. */
export const NOTHING: ActualPod = { sandboxes: [], containers: new Map() };

function newestFirst(a: ActualContainer, b: ActualContainer): number {
  const byAttempt = b.identity.attempt - a.identity.attempt;
  if (byAttempt !== 0) return byAttempt;
  return a.state.createdAt < b.state.createdAt ? 1 : -1;
}

/** actualPodOf sorts the containers of one pod into its parts. */
export function actualPodOf(states: readonly ContainerState[]): ActualPod {
  const all = states
    .flatMap((state) => {
      const identity = identityOf(state.labels);
      return identity === undefined ? [] : [{ identity, state }];
    })
    .sort(newestFirst);
  const containers = new Map<string, ActualContainer[]>();
  for (const one of all) {
    if (one.identity.role === 'sandbox') continue;
    containers.set(one.identity.name, [...(containers.get(one.identity.name) ?? []), one]);
  }
  return { sandboxes: all.filter(({ identity }) => identity.role === 'sandbox'), containers };
}

/** observePod reads from the engine what it has of a pod. */
export async function observePod(engine: Engine, owner: string, uid: string): Promise<ActualPod> {
  const rows = await engine.listContainers({ [LABELS.owner]: owner, [LABELS.podUid]: uid });
  const states = await Promise.all(rows.map((row) => engine.inspectContainer(row.id)));
  return actualPodOf(states.filter((state) => state !== undefined));
}

/** isRunning tells whether a container's process lives. */
export function isRunning(container: ActualContainer | undefined): boolean {
  const status = container?.state.status;
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** hasEnded tells whether a container's process came to an end, or could not begin. */
export function hasEnded(container: ActualContainer | undefined): boolean {
  if (container === undefined) return false;
  const { status, error } = container.state;
  return status === 'exited' || status === 'dead' || (status === 'created' && error !== '');
}

/** latestOf is the newest container of a name. */
export function latestOf(actual: ActualPod, name: string): ActualContainer | undefined {
  return actual.containers.get(name)?.[0];
}

/** runningContainers are all app and init containers whose process lives. */
export function runningContainers(actual: ActualPod): ActualContainer[] {
  return [...actual.containers.values()].flat().filter(isRunning);
}
