import { rm } from 'node:fs/promises';
import type { PersistentVolume, Pod, Volume } from '../../apis/core/v1/types.ts';
import { writeAtomically } from './atomic-writer.ts';
import { prepareEmptyDir, unmountBelow } from './empty-dir.ts';
import { prepareHostPath } from './host-path.ts';
import { prepareLocalVolume } from './local-volume.ts';
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

/** VolumeSources are what the volumes of a pod are made from. */
export interface VolumeSources {
  readonly context: PayloadContext;
  /** The persistent volumes of its claims, by the name of the pod's volume. */
  readonly claimed: ReadonlyMap<string, PersistentVolume>;
}

/** prepareVolumes makes all volumes of a pod. It throws a VolumeError for the first that fails. */
export async function prepareVolumes(
  pod: Pod,
  directory: PodDirectory,
  { context, claimed }: VolumeSources,
): Promise<void> {
  for (const volume of pod.spec?.volumes ?? []) {
    const persistent = claimed.get(volume.name);
    try {
      if (persistent) await prepareLocalVolume(persistent, pod);
      else await prepare(volume, pod, directory, context);
    } catch (cause) {
      if (cause instanceof VolumeError) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new VolumeError(persistent?.metadata.name ?? volume.name, message, { cause });
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
