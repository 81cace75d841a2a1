import type {
  ContainerState as ApiState,
  Container,
  ContainerStateTerminated,
  ContainerStatus,
} from '../../apis/core/v1/types.ts';
import { type ActualContainer, hasEnded, isRunning } from '../pod/actual-pod.ts';
import type { PodMemory } from '../pod/pod-memory.ts';

function wholeSeconds(time: string | undefined): string | undefined {
  return time === undefined ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** containerIdOf is the id of a container as the API shows it. */
export function containerIdOf({ state }: ActualContainer): string {
  return `docker://${state.id}`;
}

function terminatedReason({ state }: ActualContainer): string {
  if (state.oomKilled) return 'OOMKilled';
  if (state.status === 'created') return 'ContainerCannotRun';
  return state.exitCode === 0 ? 'Completed' : 'Error';
}

/** terminatedState describes a container that ended. */
function terminatedState(
  ended: ActualContainer,
  messages: ReadonlyMap<string, string>,
): ContainerStateTerminated {
  const { state } = ended;
  const couldNotRun = state.status === 'created';
  const message = messages.get(state.id) || (couldNotRun ? state.error : '');
  const finishedAt = wholeSeconds(couldNotRun ? state.createdAt : state.finishedAt);
  const startedAt = wholeSeconds(couldNotRun ? state.createdAt : state.startedAt);
  return {
    containerID: containerIdOf(ended),
    exitCode: couldNotRun && state.exitCode === 0 ? 128 : state.exitCode,
    ...(finishedAt ? { finishedAt } : {}),
    ...(message ? { message } : {}),
    reason: terminatedReason(ended),
    ...(startedAt ? { startedAt } : {}),
  };
}

/** StatusSource is what the status of one container is made from. */
export interface StatusSource {
  readonly container: Container;
  /** Its containers, newest first. */
  readonly history: readonly ActualContainer[];
  readonly memory: PodMemory;
  /** What it waits for when it was never made. */
  readonly initialReason: string;
  /** Whether it will be started again after its end. */
  readonly restarts: boolean;
  /** The status of before, for a container that the engine no longer has. */
  readonly before: ContainerStatus | undefined;
}

function waitingState(source: StatusSource): ApiState {
  const { container, memory, initialReason } = source;
  return { waiting: { ...(memory.waiting.get(container.name) ?? { reason: initialReason }) } };
}

function lostStatus(source: StatusSource): ContainerStatus | undefined {
  const { before } = source;
  if (before?.state?.terminated === undefined || source.restarts) return undefined;
  return { ...before, ready: false, started: false };
}

function neverMade(source: StatusSource): ContainerStatus {
  const lost = lostStatus(source);
  if (lost !== undefined) return lost;
  const { container, before } = source;
  const last = before?.state?.terminated ?? before?.lastState?.terminated;
  return {
    image: container.image ?? '',
    imageID: '',
    lastState: last ? { terminated: last } : {},
    name: container.name,
    ready: false,
    restartCount: before?.restartCount ?? 0,
    started: false,
    state: waitingState(source),
  };
}

function stateOf(latest: ActualContainer, source: StatusSource): ApiState {
  const { memory, container } = source;
  if (isRunning(latest)) {
    const startedAt = wholeSeconds(latest.state.startedAt);
    return { running: startedAt ? { startedAt } : {} };
  }
  if (!hasEnded(latest)) return waitingState(source);
  const waits = source.restarts && memory.waiting.has(container.name);
  return waits ? waitingState(source) : { terminated: terminatedState(latest, memory.messages) };
}

function lastStateOf(latest: ActualContainer, state: ApiState, source: StatusSource): ApiState {
  const { messages } = source.memory;
  const shownAsWaiting = state.waiting !== undefined && hasEnded(latest);
  const last = shownAsWaiting ? latest : source.history.slice(1).find(hasEnded);
  if (last !== undefined) return { terminated: terminatedState(last, messages) };
  const before = source.before?.lastState?.terminated;
  return before && latest.identity.attempt > 0 ? { terminated: before } : {};
}

/** An agent that restarted has only the old status to know by which name the image was pulled. */
function imageNameOf(latest: ActualContainer, { memory, before }: StatusSource): string {
  const known = memory.imageNames.get(latest.state.imageId);
  if (known !== undefined) return known;
  const same = before?.containerID === containerIdOf(latest) && before.imageID !== '';
  return same ? before.imageID : latest.state.imageId;
}

/** containerStatus is the status of one container as kubelet writes it. */
export function containerStatus(source: StatusSource): ContainerStatus {
  const { container, history, memory } = source;
  const [latest] = history;
  if (latest === undefined) return neverMade(source);
  const verdict = memory.verdicts.get(latest.state.id);
  const running = isRunning(latest);
  const state = stateOf(latest, source);
  return {
    containerID: containerIdOf(latest),
    image: container.image ?? '',
    imageID: imageNameOf(latest, source),
    lastState: lastStateOf(latest, state, source),
    name: container.name,
    ready: running && (verdict?.ready ?? false),
    restartCount: latest.identity.attempt,
    started: running && (verdict?.started ?? false),
    state,
  };
}
