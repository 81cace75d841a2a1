import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Volume,
} from '../../apis/core/v1/types.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { UnprocessedVolumes } from './volume-error.ts';

const PROTECTION = 'kubernetes.io/pvc-protection';

/**
 * resolveClaims answers the volumes of a pod with the persistent volumes that its claims are bound
 * to put in their places, by name. Throws UnprocessedVolumes, in kubelet's words.
 */
export async function resolveClaims(
  client: Client,
  pod: Pod,
): Promise<ReadonlyMap<string, PersistentVolume>> {
  const resolved = new Map<string, PersistentVolume>();
  const failed: string[] = [];
  const reasons: string[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.persistentVolumeClaim === undefined) continue;
    try {
      resolved.set(volume.name, await volumeOf(client, pod, volume));
    } catch (error) {
      failed.push(volume.name);
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failed.length > 0) throw new UnprocessedVolumes(failed, reasons);
  return resolved;
}

async function volumeOf(client: Client, pod: Pod, volume: Volume): Promise<PersistentVolume> {
  const { namespace = '' } = pod.metadata;
  const { claimName: name = '' } = volume.persistentVolumeClaim ?? {};
  let found: PersistentVolume;
  try {
    const claim = await boundClaim(client, namespace, name);
    found = await boundVolume(client, claim);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`error processing PVC ${namespace}/${name}: ${message}`, { cause });
  }
  if (found.spec?.volumeMode !== 'Block' || !isMounted(pod, volume.name)) return found;
  throw new Error(`volume ${volume.name} has volumeMode Block, but is specified in volumeMounts`);
}

function isMounted({ spec }: Pod, name: string): boolean {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.some(({ volumeMounts = [] }) => volumeMounts.some((one) => one.name === name));
}

async function read<T extends KubeObject>(
  client: Client,
  type: ResourceType<T>,
  ref: { readonly namespace?: string; readonly name: string },
  what: string,
): Promise<T> {
  try {
    return await client.get(type, ref);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`failed to fetch ${what} from API server: ${message}`, { cause });
  }
}

async function boundClaim(
  client: Client,
  namespace: string,
  name: string,
): Promise<PersistentVolumeClaim> {
  const claim = await read(client, PERSISTENT_VOLUME_CLAIMS, { namespace, name }, 'PVC');
  const { deletionTimestamp, finalizers = [] } = claim.metadata;
  if (deletionTimestamp && !finalizers.includes(PROTECTION))
    throw new Error('PVC is being deleted');
  if (claim.status?.phase !== 'Bound') throw new Error('PVC is not bound');
  if (!claim.spec?.volumeName) throw new Error('PVC has empty pvc.Spec.VolumeName');
  return claim;
}

async function boundVolume(
  client: Client,
  { metadata, spec }: PersistentVolumeClaim,
): Promise<PersistentVolume> {
  const name = spec?.volumeName ?? '';
  const volume = await read(client, PERSISTENT_VOLUMES, { name }, `PV ${name}`);
  const found = `found PV object ${name} but`;
  const held = volume.spec?.claimRef;
  if (!held) {
    const why = 'it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim';
    throw new Error(`${found} ${why}`);
  }
  if (held.uid !== metadata.uid) {
    const why = `its pv.Spec.ClaimRef.UID ${held.uid} does not point to claim.UID ${metadata.uid}`;
    throw new Error(`${found} ${why}`);
  }
  return volume;
}
