import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { ContainerConfig } from '../../engine/engine.ts';
import { ContainerConfigError } from './config-error.ts';

function podText(pod: Pod, container: Container): string {
  const { name, namespace, uid } = pod.metadata;
  return `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
}

/** verifyNonRoot throws kubelet's words when a container that must not run as root would. */
export function verifyNonRoot(pod: Pod, container: Container, imageUser: string): void {
  const own = container.securityContext;
  const ofPod = pod.spec?.securityContext;
  if (!(own?.runAsNonRoot ?? ofPod?.runAsNonRoot)) return;
  const uid = own?.runAsUser ?? ofPod?.runAsUser;
  const text = podText(pod, container);
  if (uid === 0) {
    throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${text}`);
  }
  if (uid !== undefined) return;
  const user = imageUser.split(':')[0] ?? '';
  if (user === '' || user === '0') {
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${text}`);
  }
  if (!/^\d+$/.test(user)) {
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${text}`,
    );
  }
}

function userOf(pod: Pod, container: Container, imageUser: string): string | undefined {
  const own = container.securityContext;
  const ofPod = pod.spec?.securityContext;
  const uid = own?.runAsUser ?? ofPod?.runAsUser;
  const gid = own?.runAsGroup ?? ofPod?.runAsGroup;
  const user = uid === undefined ? imageUser.split(':')[0] : String(uid);
  if (gid !== undefined) return `${user === '' ? '0' : user}:${gid}`;
  return uid === undefined ? undefined : user;
}

function seccompOption(pod: Pod, container: Container): string[] {
  const profile =
    container.securityContext?.seccompProfile ?? pod.spec?.securityContext?.seccompProfile;
  return profile?.type === 'Unconfined' ? ['seccomp=unconfined'] : [];
}

type SecurityConfig = Pick<
  ContainerConfig,
  'user' | 'groupAdd' | 'capAdd' | 'capDrop' | 'privileged' | 'readonlyRootfs' | 'securityOpt'
>;

/** securityConfig turns security contexts into what the engine is told. */
export function securityConfig(pod: Pod, container: Container, imageUser: string): SecurityConfig {
  const own = container.securityContext ?? {};
  const ofPod = pod.spec?.securityContext ?? {};
  const user = userOf(pod, container, imageUser);
  const groups = [...(ofPod.supplementalGroups ?? [])];
  if (ofPod.fsGroup !== undefined) groups.push(ofPod.fsGroup);
  const noNew = own.allowPrivilegeEscalation === false ? ['no-new-privileges'] : [];
  return {
    ...(user === undefined ? {} : { user }),
    groupAdd: groups.map(String),
    capAdd: own.capabilities?.add ?? [],
    capDrop: own.capabilities?.drop ?? [],
    privileged: own.privileged ?? false,
    readonlyRootfs: own.readOnlyRootFilesystem ?? false,
    securityOpt: [...noNew, ...seccompOption(pod, container)],
  };
}
