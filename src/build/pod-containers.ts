import type { Engine } from '../engine/engine.ts';

const POD_UID = 'io.kubernetes.pod.uid';
const CONTAINER_NAME = 'io.kubernetes.container.name';
const OURS = /^sampan-(?:s2i|s2i-artifacts|post-commit|image-source|resolv-conf)-(.+)$/;

/** sandboxNetwork answers the network mode that joins a pod's sandbox; `bridge` when there is none. */
export async function sandboxNetwork(engine: Engine, podUid: string): Promise<string> {
  const containers = await engine.listContainers({ [POD_UID]: podUid });
  const sandbox = containers.find(
    ({ labels, status }) => labels[CONTAINER_NAME] === 'POD' && status === 'running',
  );
  return sandbox ? `container:${sandbox.id}` : 'bridge';
}

/**
 * sweepAbandoned removes containers of builds whose pod is gone: a build pod that was killed could
 * not clean up after itself, so the next one does.
 */
export async function sweepAbandoned(engine: Engine, ownId: string): Promise<void> {
  const all = await engine.listContainers({});
  const pods = new Set(
    all.filter(({ status }) => status === 'running').map(({ labels }) => labels[POD_UID]),
  );
  for (const { id, name } of all) {
    const owner = OURS.exec(name)?.[1];
    if (owner === undefined || owner === ownId || pods.has(owner)) continue;
    await engine.removeContainer(id).catch(() => undefined);
  }
}
