import type { Pod } from '../apis/core/v1/types.ts';

/** LABELS name what a container of ours is; they are the only record of it. */
export const LABELS = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  owner: 'io.sampan.owner',
  /** A ContainerRole. */
  role: 'io.sampan.role',
  /** How often it was started before: the restart count. */
  attempt: 'io.sampan.attempt',
  /** What of the specification cannot change without a new container. */
  specHash: 'io.sampan.spec-hash',
} as const;

/** SANDBOX_NAME is the container name of a sandbox, as kubelet's runtimes had it. */
export const SANDBOX_NAME = 'POD';

/** ContainerRole says which part of a pod a container is. */
export type ContainerRole = 'sandbox' | 'init' | 'app' | 'ephemeral';

const ROLES: ReadonlySet<string> = new Set<ContainerRole>(['sandbox', 'init', 'app', 'ephemeral']);

function isRole(text: string | undefined): text is ContainerRole {
  return text !== undefined && ROLES.has(text);
}

/** ContainerIdentity is what labels say of a container. */
export interface ContainerIdentity {
  readonly owner: string;
  readonly role: ContainerRole;
  readonly name: string;
  readonly attempt: number;
  readonly specHash: string;
}

/** labelsFor are the labels of one container of a pod. */
export function labelsFor(pod: Pod, identity: ContainerIdentity): Record<string, string> {
  return {
    [LABELS.podName]: pod.metadata.name ?? '',
    [LABELS.podNamespace]: pod.metadata.namespace ?? '',
    [LABELS.podUid]: pod.metadata.uid ?? '',
    [LABELS.containerName]: identity.name,
    [LABELS.owner]: identity.owner,
    [LABELS.role]: identity.role,
    [LABELS.attempt]: String(identity.attempt),
    [LABELS.specHash]: identity.specHash,
  };
}

/** identityOf reads the labels back; undefined for a container that is not an agent's. */
export function identityOf(
  labels: Readonly<Record<string, string>>,
): ContainerIdentity | undefined {
  const role = labels[LABELS.role];
  const name = labels[LABELS.containerName];
  if (name === undefined || !isRole(role)) return undefined;
  return {
    owner: labels[LABELS.owner] ?? '',
    role,
    name,
    attempt: Number(labels[LABELS.attempt] ?? 0),
    specHash: labels[LABELS.specHash] ?? '',
  };
}

/** engineNameOf is the name of a container in the engine: unique, and telling for people. */
export function engineNameOf(pod: Pod, container: string, attempt: number): string {
  const { name, namespace, uid } = pod.metadata;
  return `k8s_${container}_${name}_${namespace}_${uid}_${attempt}`;
}
