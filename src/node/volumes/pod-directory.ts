import { join } from 'node:path';
import type { Volume } from '../../apis/core/v1/types.ts';

function pluginOf(volume: Volume): string {
  if (volume.emptyDir) return 'empty-dir';
  if (volume.configMap) return 'configmap';
  if (volume.secret) return 'secret';
  if (volume.downwardAPI) return 'downward-api';
  return 'projected';
}

/** PodDirectory names the places of one pod on the node's disk. */
export interface PodDirectory {
  readonly root: string;
  readonly hosts: string;
  readonly resolvConf: string;
  /** Where a volume's files are; a hostPath is where it is. */
  volume(volume: Volume): string;
  /** The termination message of one container. */
  terminationLog(container: string, attempt: number): string;
}

/** podDirectory names the places of a pod below the agent's data directory, as kubelet does. */
export function podDirectory(dataDirectory: string, uid: string): PodDirectory {
  const root = join(dataDirectory, 'pods', uid);
  return {
    root,
    hosts: join(root, 'etc-hosts'),
    resolvConf: join(root, 'resolv.conf'),
    volume: (volume) =>
      volume.hostPath?.path ??
      join(root, 'volumes', `kubernetes.io~${pluginOf(volume)}`, volume.name),
    terminationLog: (container, attempt) =>
      join(root, 'containers', container, `termination-log-${attempt}`),
  };
}
