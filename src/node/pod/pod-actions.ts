import { allContainers } from '../../apis/core/v1/defaults.ts';
import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { FieldContext } from '../container/field-ref.ts';
import type { PayloadContext } from '../volumes/payload.ts';
import { type PodDirectory, podDirectory } from '../volumes/pod-directory.ts';
import type { AgentParts } from './agent-parts.ts';
import type { PodMemory } from './pod-memory.ts';

/** PodActions is what the execution of a step has at hand. */
export interface PodActions {
  readonly parts: AgentParts;
  readonly pod: Pod;
  readonly memory: PodMemory;
  /** Aborts when the pod is to end: pulls are given up then. */
  readonly signal: AbortSignal;
}

function listOf({ spec }: Pod, name: string): string {
  const isNamed = (one: { readonly name: string }) => one.name === name;
  if (spec?.initContainers?.some(isNamed)) return 'initContainers';
  return spec?.ephemeralContainers?.some(isNamed) ? 'ephemeralContainers' : 'containers';
}

/** containerEvent reports an event about one container of a pod. */
export function containerEvent(
  { parts, pod }: PodActions,
  container: Container,
  [type, reason, message]: readonly ['Normal' | 'Warning', string, string],
): void {
  const fieldPath = `spec.${listOf(pod, container.name)}{${container.name}}`;
  parts.recorder.event(pod, type, reason, message, { fieldPath });
}

/** directoryOf names the places of a pod on disk. */
export function directoryOf({ parts, pod }: PodActions): PodDirectory {
  return podDirectory(parts.dataDirectory, pod.metadata.uid ?? '');
}

/** fieldContext is what field references of a pod read. */
export function fieldContext({ parts, pod, memory }: PodActions): FieldContext {
  return {
    pod,
    podIP: memory.podIP ?? '',
    hostIP: parts.nodeAddress,
    allocatable: parts.allocatable,
  };
}

/** payloadContext reads everything that the files of a pod's volumes are made from. */
export async function payloadContext(actions: PodActions): Promise<PayloadContext> {
  const { parts, pod } = actions;
  const [sources, tokens] = await Promise.all([
    parts.sources.forPod(pod),
    parts.tokens.forPod(pod),
  ]);
  return { ...fieldContext(actions), sources, tokens };
}

/** containerOf finds a container of a pod by name, ephemeral ones included. */
export function containerOf(pod: Pod, name: string): Container | undefined {
  return pod.spec && allContainers(pod.spec).find((one) => one.name === name);
}

/** messageOf is the text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
