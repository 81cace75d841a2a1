import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { ContainerConfig } from '../../engine/engine.ts';
import { expand } from './expand.ts';
import { resourceConfig } from './resources.ts';
import { securityConfig } from './security.ts';

/** ContainerParts is what a container's configuration is put together from. */
export interface ContainerParts {
  readonly pod: Pod;
  readonly container: Container;
  readonly sandboxId: string;
  /** The container whose processes it shall see; default as the pod says. */
  readonly targetId?: string | undefined;
  readonly imageId: string;
  readonly imageUser: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly binds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeMemoryBytes: number;
  readonly oomFloor: number;
}

const LOG_ROTATION = { maxSizeBytes: 10 * 2 ** 20, maxFiles: 5 };

function pidMode({ pod, sandboxId, targetId }: ContainerParts): Partial<ContainerConfig> {
  if (targetId !== undefined) return { pidMode: `container:${targetId}` };
  if (pod.spec?.hostPID) return { pidMode: 'host' };
  return pod.spec?.shareProcessNamespace ? { pidMode: `container:${sandboxId}` } : {};
}

/** containerConfig is how the engine is to make a container of a pod. */
export function containerConfig(parts: ContainerParts): ContainerConfig {
  const { pod, container, sandboxId, variables } = parts;
  const expanded = (texts: readonly string[]) =>
    texts.map((text) => expand(text, (name) => variables.get(name)));
  return {
    image: parts.imageId,
    ...(container.command?.length ? { entrypoint: expanded(container.command) } : {}),
    ...(container.args?.length ? { command: expanded(container.args) } : {}),
    env: [...variables].map(([name, value]) => `${name}=${value}`),
    ...(container.workingDir ? { workingDir: container.workingDir } : {}),
    labels: parts.labels,
    tty: container.tty ?? false,
    openStdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    networkMode: `container:${sandboxId}`,
    ipcMode: pod.spec?.hostIPC ? 'host' : `container:${sandboxId}`,
    ...pidMode(parts),
    binds: parts.binds,
    logRotation: LOG_ROTATION,
    healthcheck: 'none',
    ...resourceConfig(pod, container, parts),
    ...securityConfig(pod, container, parts.imageUser),
  };
}
