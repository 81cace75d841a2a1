import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersistentVolume, Pod } from '../../apis/core/v1/types.ts';
import { prepareHostPath } from './host-path.ts';
import { VolumeError } from './volume-error.ts';

const GROUP_FILE = 0o660;
const GROUP_DIRECTORY = 0o2770;

/** pathOfVolume is where a persistent volume of this machine is; undefined for every other kind. */
export function pathOfVolume({ spec }: PersistentVolume): string | undefined {
  return spec?.hostPath?.path ?? spec?.local?.path;
}

async function belongsTo(path: string, group: number): Promise<boolean> {
  const { gid, mode } = await lstat(path);
  return gid === group && (mode & GROUP_DIRECTORY) === GROUP_DIRECTORY;
}

/** Gives everything below a path to a group that may write to it (kubelet's SetVolumeOwnership). */
async function giveToGroup(path: string, group: number): Promise<void> {
  const info = await lstat(path);
  await lchown(path, info.uid, group);
  if (info.isSymbolicLink()) return;
  await chmod(path, (info.mode & 0o7777) | (info.isDirectory() ? GROUP_DIRECTORY : GROUP_FILE));
  if (!info.isDirectory()) return;
  for (const name of await readdir(path)) await giveToGroup(join(path, name), group);
}

/** prepareLocalVolume makes sure that a persistent volume can be mounted, or throws a VolumeError. */
export async function prepareLocalVolume(volume: PersistentVolume, pod: Pod): Promise<void> {
  const { name = '' } = volume.metadata;
  const { hostPath, local, volumeMode } = volume.spec ?? {};
  if (volumeMode === 'Block') {
    throw new VolumeError(name, 'volumes of the mode Block are not supported on this node');
  }
  if (hostPath) return prepareHostPath(hostPath);
  if (!local) {
    throw new VolumeError(name, 'only hostPath and local volumes are supported on this node');
  }
  try {
    await lstat(local.path);
  } catch (cause) {
    throw new VolumeError(name, `path "${local.path}" does not exist`, { cause });
  }
  const { fsGroup, fsGroupChangePolicy } = pod.spec?.securityContext ?? {};
  if (fsGroup === undefined) return;
  if (fsGroupChangePolicy === 'OnRootMismatch' && (await belongsTo(local.path, fsGroup))) return;
  await giveToGroup(local.path, fsGroup);
}
