import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, EngineError } from '../../engine/engine.ts';
import { LABELS } from '../labels.ts';
import { podDirectory } from '../volumes/pod-directory.ts';
import { removeVolumes } from '../volumes/pod-volumes.ts';
import { type ActualPod, hasEnded, isRunning } from './actual-pod.ts';
import type { AgentParts } from './agent-parts.ts';

/** superfluous are the ended containers of a live pod beyond the last of each name. */
export function superfluous(actual: ActualPod): string[] {
  const dead = [...actual.containers.values()].flatMap((history) =>
    history.filter(hasEnded).slice(1),
  );
  const sandboxes = actual.sandboxes.filter((one) => !isRunning(one)).slice(1);
  return [...dead, ...sandboxes].map(({ state }) => state.id);
}

/** removeAll removes containers one after the other; one that cannot be removed is left for later. */
export async function removeAll(engine: Engine, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    try {
      await engine.removeContainer(id);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

async function directoriesOf(dataDirectory: string): Promise<string[]> {
  try {
    return await readdir(join(dataDirectory, 'pods'));
  } catch {
    // Before the first pod there is no directory.
    return [];
  }
}

/** podsOnNode are the uids of all pods of which the engine or the disk has something. */
export async function podsOnNode(parts: AgentParts): Promise<Set<string>> {
  const rows = await parts.engine.listContainers({ [LABELS.owner]: parts.owner });
  const labelled = rows
    .map(({ labels }) => labels[LABELS.podUid])
    .filter((uid) => uid !== undefined);
  return new Set([...labelled, ...(await directoriesOf(parts.dataDirectory))]);
}

/** removeRemains removes everything of a pod that is gone: what runs, its address and its files. */
export async function removeRemains(parts: AgentParts, uid: string): Promise<void> {
  const rows = await parts.engine.listContainers({
    [LABELS.owner]: parts.owner,
    [LABELS.podUid]: uid,
  });
  const sandboxLast = [...rows].sort((a, b) =>
    a.labels[LABELS.role] === 'sandbox' ? 1 : b.labels[LABELS.role] === 'sandbox' ? -1 : 0,
  );
  await removeAll(
    parts.engine,
    sandboxLast.map(({ id }) => id),
  );
  await parts.podNetwork.detach(uid);
  parts.tokens.forget(uid);
  await removeVolumes(podDirectory(parts.dataDirectory, uid));
}
