import { rm } from 'node:fs/promises';
import type { Pod, Volume } from '../../apis/core/v1/types.ts';
import { writeAtomically } from './atomic-writer.ts';
import { prepareEmptyDir, unmountBelow } from './empty-dir.ts';
import { prepareHostPath } from './host-path.ts';
import { isPayloadVolume, type PayloadContext, payloadOf } from './payload.ts';
import type { PodDirectory } from './pod-directory.ts';
import { VolumeError } from './volume-error.ts';

async function prepare(
  volume: Volume,
  pod: Pod,
  directory: PodDirectory,
  context: PayloadContext,
): Promise<void> {
  const group = pod.spec?.securityContext?.fsGroup;
  const path = directory.volume(volume);
  if (isPayloadVolume(volume)) await writeAtomically(path, payloadOf(volume, context), group);
  else if (volume.emptyDir) await prepareEmptyDir(path, volume.emptyDir, group);
  else if (volume.hostPath) await prepareHostPath(volume.hostPath);
  else {
    const [kind = 'unknown'] = Object.keys(volume).filter((key) => key !== 'name');
    throw new VolumeError(volume.name, `volumes of type ${kind} are not supported on this node`);
  }
}

/** prepareVolumes makes all volumes of a pod. It throws a VolumeError for the first that fails. */
export async function prepareVolumes(
  pod: Pod,
  directory: PodDirectory,
  context: PayloadContext,
): Promise<void> {
  for (const volume of pod.spec?.volumes ?? []) {
    try {
      await prepare(volume, pod, directory, context);
    } catch (cause) {
      if (cause instanceof VolumeError) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new VolumeError(volume.name, message, { cause });
    }
  }
}

/** refreshVolumes brings the files that are made from objects of the API up to date. */
export async function refreshVolumes(
  pod: Pod,
  directory: PodDirectory,
  context: PayloadContext,
): Promise<void> {
  for (const volume of (pod.spec?.volumes ?? []).filter(isPayloadVolume)) {
    await prepare(volume, pod, directory, context);
  }
}

/** removeVolumes removes everything of a pod from the node's disk. */
export async function removeVolumes(directory: PodDirectory): Promise<void> {
  await unmountBelow(directory.root);
  await rm(directory.root, { recursive: true, force: true });
}
