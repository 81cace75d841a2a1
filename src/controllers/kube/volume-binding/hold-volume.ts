import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import { PERSISTENT_VOLUMES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';

/** BY_CONTROLLER marks a binding that no person asked for. */
export const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** holdVolume writes into a volume which claim it is for. One that is held for it stays as it is. */
export async function holdVolume(
  client: Client,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): Promise<PersistentVolume> {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
  const before = volume.spec?.claimRef;
  if (before?.uid === uid) return volume;
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const claimRef = { ...kind, namespace, name, uid, resourceVersion };
  const annotations = { ...volume.metadata.annotations };
  if (!before) annotations[BY_CONTROLLER] = 'yes';
  return client.update(PERSISTENT_VOLUMES, {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef },
  });
}
