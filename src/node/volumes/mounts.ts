import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type {
  Container,
  PersistentVolume,
  Pod,
  Volume,
  VolumeMount,
} from '../../apis/core/v1/types.ts';
import { ContainerConfigError } from '../container/config-error.ts';
import { expand } from '../container/expand.ts';
import { pathOfVolume } from './local-volume.ts';
import { isPayloadVolume } from './payload.ts';
import type { PodDirectory } from './pod-directory.ts';

const PROPAGATION: Readonly<Record<string, string>> = {
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
};

/** Makes a directory that whoever may write to the volume may write to. */
async function makeLike(base: string, wanted: string): Promise<void> {
  await mkdir(wanted, { recursive: true });
  const { mode, gid } = await stat(base);
  await chmod(wanted, mode & 0o7777);
  if ((await stat(wanted)).gid !== gid) await chown(wanted, -1, gid);
}

/** subPathOf resolves a sub path inside its volume, and refuses to be led out of it. */
async function subPathOf(base: string, subPath: string, mount: VolumeMount): Promise<string> {
  const wanted = join(base, subPath);
  if (subPath.split('/').includes('..') || !wanted.startsWith(`${base}${sep}`)) {
    throw new ContainerConfigError(
      `failed to prepare subPath for volumeMount "${mount.name}": must not contain '..'`,
    );
  }
  let found: string | undefined;
  try {
    found = await realpath(wanted);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    await makeLike(base, wanted);
    found = await realpath(wanted);
  }
  const root = await realpath(base);
  if (found === root || found.startsWith(`${root}${sep}`)) return found;
  throw new ContainerConfigError(
    `failed to prepare subPath for volumeMount "${mount.name}" of container: subpath leads out of the volume`,
  );
}

/** MountSources are where the volumes of a pod are, and what paths in them are made from. */
export interface MountSources {
  readonly directory: PodDirectory;
  /** The persistent volumes of its claims, by the name of the pod's volume. */
  readonly claimed: ReadonlyMap<string, PersistentVolume>;
  readonly variables: ReadonlyMap<string, string>;
}

async function sourceOf(
  mount: VolumeMount,
  volume: Volume,
  { directory, claimed, variables }: MountSources,
): Promise<string> {
  const persistent = claimed.get(volume.name);
  const base = (persistent && pathOfVolume(persistent)) ?? directory.volume(volume);
  const { subPath, subPathExpr } = mount;
  const path = subPathExpr ? expand(subPathExpr, (name) => variables.get(name)) : subPath;
  return path ? subPathOf(base, path, mount) : base;
}

function isReadOnly(mount: VolumeMount, volume: Volume): boolean {
  const ofClaim = volume.persistentVolumeClaim?.readOnly ?? false;
  return mount.readOnly || ofClaim || isPayloadVolume(volume);
}

/** volumeBinds are the binds of a container's volume mounts, in the engine's form. */
export async function volumeBinds(
  pod: Pod,
  container: Container,
  sources: MountSources,
): Promise<string[]> {
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  return Promise.all(
    (container.volumeMounts ?? []).map(async (mount) => {
      const volume = volumes.get(mount.name);
      if (volume === undefined) {
        throw new ContainerConfigError(
          `cannot find volume "${mount.name}" to mount into container "${container.name}"`,
        );
      }
      const source = await sourceOf(mount, volume, sources);
      const propagation = PROPAGATION[mount.mountPropagation ?? ''];
      const options = [
        ...(isReadOnly(mount, volume) ? ['ro'] : []),
        ...(propagation ? [propagation] : []),
      ];
      const target = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`;
      return [source, target, ...(options.length > 0 ? [options.join(',')] : [])].join(':');
    }),
  );
}

/** mountsPath tells whether a container mounts something of its own at a path. */
export function mountsPath(container: Container, path: string): boolean {
  return (container.volumeMounts ?? []).some(({ mountPath }) => mountPath === path);
}
