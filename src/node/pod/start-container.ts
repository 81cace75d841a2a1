import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Container, EphemeralContainer } from '../../apis/core/v1/types.ts';
import { type ContainerConfig, EngineError } from '../../engine/engine.ts';
import { ContainerConfigError } from '../container/config-error.ts';
import { containerConfig } from '../container/container-config.ts';
import { resolveEnv } from '../container/env.ts';
import { verifyNonRoot } from '../container/security.ts';
import type { PulledImage } from '../images/image-puller.ts';
import { engineNameOf, labelsFor } from '../labels.ts';
import { mountsPath, volumeBinds } from '../volumes/mounts.ts';
import { runHook } from './lifecycle-hooks.ts';
import {
  containerEvent,
  containerOf,
  directoryOf,
  fieldContext,
  messageOf,
  type PodActions,
} from './pod-actions.ts';
import { specHashOf } from './spec-hash.ts';
import type { Step } from './steps.ts';

const RETRY_MS = 10_000;
/** A pull that failed is shown as such for a moment, then as waiting for the next one. */
const SHOW_PULL_ERROR_MS = 2000;
const HOOK_TIMEOUT_MS = 3_600_000;
const DEFAULT_TERMINATION_PATH = '/dev/termination-log';
const CONFLICT = 409;

type StartStep = Extract<Step, { do: 'startContainer' }>;

async function ensureImage(actions: PodActions, container: Container): Promise<PulledImage> {
  const { parts, pod, memory, signal } = actions;
  const image = await parts.puller.ensure({
    pod,
    container,
    pullSecrets: await parts.sources.pullSecrets(pod),
    backOff: memory.crashes,
    signal,
    report: (...event) => containerEvent(actions, container, event),
  });
  memory.imageNames.set(image.info.id, image.imageID);
  return image;
}

async function environment(
  actions: PodActions,
  container: Container,
): Promise<ReadonlyMap<string, string>> {
  const { parts, pod } = actions;
  const sources = await parts.sources.forPod(pod);
  const { variables, skipped } = resolveEnv(container, { ...fieldContext(actions), sources });
  for (const { kind, name, keys } of skipped) {
    const where = `${kind} ${pod.metadata.namespace}/${name}`;
    const text = `Keys [${keys.join(', ')}] from the EnvFrom ${where} were skipped since they are considered invalid environment variable names.`;
    parts.recorder.event(pod, 'Warning', 'InvalidEnvironmentVariableNames', text);
  }
  return variables;
}

async function terminationBind(
  actions: PodActions,
  container: Container,
  attempt: number,
): Promise<string> {
  const path = directoryOf(actions).terminationLog(container.name, attempt);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '', { mode: 0o666 });
  return `${path}:${container.terminationMessagePath || DEFAULT_TERMINATION_PATH}`;
}

async function bindsOf(
  actions: PodActions,
  container: Container,
  attempt: number,
  variables: ReadonlyMap<string, string>,
): Promise<string[]> {
  const directory = directoryOf(actions);
  const { claimed } = actions.memory;
  const volumes = await volumeBinds(actions.pod, container, { directory, claimed, variables });
  const files = [
    [directory.hosts, '/etc/hosts'],
    [directory.resolvConf, '/etc/resolv.conf'],
  ] as const;
  const own = files
    .filter(([, target]) => !mountsPath(container, target))
    .map(([source, target]) => `${source}:${target}`);
  return [...volumes, ...own, await terminationBind(actions, container, attempt)];
}

function expectTarget(container: EphemeralContainer, { targetId }: StartStep): void {
  const target = container.targetContainerName;
  if (!target || targetId !== undefined) return;
  throw new ContainerConfigError(`unable to find target container ${target}`);
}

async function configOf(
  actions: PodActions,
  container: Container,
  step: StartStep,
  image: PulledImage,
): Promise<ContainerConfig> {
  const { parts, pod, memory } = actions;
  expectTarget(container, step);
  const imageUser = image.info.config.user ?? '';
  verifyNonRoot(pod, container, imageUser);
  const variables = await environment(actions, container);
  return containerConfig({
    pod,
    container,
    sandboxId: memory.readySandboxId ?? '',
    targetId: step.targetId,
    imageId: image.info.id,
    imageUser,
    variables,
    binds: await bindsOf(actions, container, step.attempt, variables),
    labels: labelsFor(pod, {
      owner: parts.owner,
      role: step.role,
      name: container.name,
      attempt: step.attempt,
      specHash: specHashOf(container),
    }),
    nodeMemoryBytes: parts.nodeMemoryBytes,
    oomFloor: parts.oomFloor,
  });
}

async function create(actions: PodActions, step: StartStep, config: ContainerConfig) {
  const { engine } = actions.parts;
  const name = engineNameOf(actions.pod, step.name, step.attempt);
  try {
    return await engine.createContainer(name, config);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.statusCode === CONFLICT) {
      await engine.removeContainer(name);
      return engine.createContainer(name, config);
    }
    const message = `Error response from daemon: ${error.message}`;
    throw new ContainerConfigError(message, 'CreateContainerError', { cause: error });
  }
}

async function start(actions: PodActions, container: Container, id: string): Promise<void> {
  try {
    await actions.parts.engine.startContainer(id);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = `failed to start container "${container.name}": Error response from daemon: ${error.message}`;
    throw new ContainerConfigError(message, 'RunContainerError', { cause: error });
  }
}

async function postStart(actions: PodActions, container: Container, id: string): Promise<void> {
  const { parts, memory } = actions;
  const hook = container.lifecycle?.postStart;
  if (hook === undefined) return;
  try {
    await runHook(
      {
        engine: parts.engine,
        clock: parts.clock,
        containerId: id,
        container,
        podIP: memory.podIP ?? '',
        timeoutMs: HOOK_TIMEOUT_MS,
      },
      hook,
    );
  } catch (error) {
    containerEvent(actions, container, ['Warning', 'FailedPostStartHook', messageOf(error)]);
    containerEvent(actions, container, ['Normal', 'Killing', 'FailedPostStartHook']);
    await parts.engine.stopContainer(id, 2);
  }
}

/** waitFor notes why a container does not start, and when it is tried again. */
function waitFor(actions: PodActions, container: Container, error: unknown): void {
  const { parts, memory } = actions;
  const known = error instanceof ContainerConfigError;
  const reason = known ? error.reason : 'CreateContainerError';
  const message = messageOf(error);
  memory.waiting.set(container.name, { reason, message });
  const isPull = reason.startsWith('ErrImage') || reason === 'ImagePullBackOff';
  const text = isPull || reason === 'InvalidImageName' ? `Error: ${reason}` : `Error: ${message}`;
  if (reason === 'InvalidImageName') {
    containerEvent(actions, container, ['Warning', 'InspectFailed', message]);
  }
  containerEvent(actions, container, ['Warning', 'Failed', text]);
  const now = parts.clock.now().getTime();
  const backOff = memory.crashes.waitUntilSinceTryMs(`image ${container.image}`, now);
  const wait = reason === 'ErrImagePull' ? SHOW_PULL_ERROR_MS : RETRY_MS;
  const retryMs = reason === 'ImagePullBackOff' && backOff ? backOff : now + wait;
  if (reason !== 'RunContainerError') {
    memory.notBeforeMs.set(`container/${container.name}`, retryMs);
  }
}

/**
 * startContainer brings one container of a pod to run: image, environment, mounts, create, start,
 * postStart. What goes wrong becomes its waiting reason and an event, in kubelet's words.
 */
export async function startContainer(actions: PodActions, step: StartStep): Promise<void> {
  const { parts, pod, memory, signal } = actions;
  const container = containerOf(pod, step.name);
  if (container === undefined) return;
  if (step.previousEndMs !== undefined) {
    memory.crashes.next(container.name, step.previousEndMs, parts.clock.now().getTime());
  }
  try {
    if (step.leftoverId !== undefined) await parts.engine.removeContainer(step.leftoverId);
    const image = await ensureImage(actions, container);
    const config = await configOf(actions, container, step, image);
    if (signal.aborted) return;
    const id = await create(actions, step, config);
    containerEvent(actions, container, ['Normal', 'Created', `Created container: ${step.name}`]);
    await start(actions, container, id);
    containerEvent(actions, container, ['Normal', 'Started', `Started container ${step.name}`]);
    memory.waiting.delete(container.name);
    memory.notBeforeMs.delete(`container/${container.name}`);
    await postStart(actions, container, id);
  } catch (error) {
    if (signal.aborted) return;
    waitFor(actions, container, error);
  }
}
