import type { Container, Pod, PodSpec, PodStatus } from '../../apis/core/v1/types.ts';
import type { ContainerState } from '../../engine/engine.ts';
import { type ContainerRole, labelsFor } from '../labels.ts';
import { type ActualPod, actualPodOf } from '../pod/actual-pod.ts';
import { specHashOf } from '../pod/spec-hash.ts';

/** EPOCH_MS is a moment for tests; times of fixtures are given in seconds after it. */
export const EPOCH_MS = Date.parse('2026-01-01T00:00:00Z');

/** at is a moment some seconds after the epoch of the tests. */
export function at(seconds: number): string {
  return new Date(EPOCH_MS + seconds * 1000).toISOString();
}

/** aContainer is a container with an image. */
export function aContainer(name: string, more: Partial<Container> = {}): Container {
  return { name, image: 'app:1', ...more };
}

/** aPod is a pod named `web` with one container `main`. */
export function aPod(spec: Partial<PodSpec> = {}, status: PodStatus = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'test', uid: 'u1' },
    spec: { containers: [aContainer('main')], restartPolicy: 'Always', ...spec },
    status,
  };
}

interface StateOptions extends Partial<ContainerState> {
  readonly role?: ContainerRole;
  readonly attempt?: number;
}

/** aState is a container of the pod as the engine reports it; it runs unless told otherwise. */
export function aState(pod: Pod, name: string, options: StateOptions = {}): ContainerState {
  const { role = 'app', attempt = 0, ...state } = options;
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const container = all.find((one) => one.name === name);
  const specHash = container ? specHashOf(container) : '';
  return {
    id: `${name}-${attempt}`,
    name,
    imageId: 'sha256:1',
    image: 'app:1',
    labels: labelsFor(pod, { owner: 'o', role, name, attempt, specHash }),
    status: 'running',
    pid: 7,
    exitCode: 0,
    oomKilled: false,
    error: '',
    createdAt: at(attempt * 10 + 2),
    startedAt: at(attempt * 10 + 2),
    finishedAt: undefined,
    tty: false,
    logPath: undefined,
    ...state,
  };
}

/** aSandbox is the running sandbox of a pod, made at second 1. */
export function aSandbox(pod: Pod, more: StateOptions = {}): ContainerState {
  return aState(pod, 'POD', { role: 'sandbox', createdAt: at(1), ...more });
}

/** ended makes a container's end: its exit code and when. */
export function ended(exitCode: number, seconds: number): StateOptions {
  return { status: 'exited', pid: 0, exitCode, finishedAt: at(seconds) };
}

/** actual is what the engine has, sorted. */
export function actual(...states: ContainerState[]): ActualPod {
  return actualPodOf(states);
}
