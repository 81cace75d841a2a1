import type { Secret } from '../../../apis/core/v1/types.ts';
import { EXCLUDE_IMAGE_SECRET } from '../../../apis/image.openshift.io/v1/names.ts';
import type { SecretList } from '../../../apis/image.openshift.io/v1/types.ts';
import { SECRETS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';

const PULL_TYPES: ReadonlySet<string> = new Set([
  'kubernetes.io/dockercfg',
  'kubernetes.io/dockerconfigjson',
]);

/** pullSecrets answers the secrets of a namespace that hold credentials of registries. */
export async function pullSecrets(client: Client, namespace: string): Promise<readonly Secret[]> {
  const { items } = await client.list(SECRETS, { namespace });
  return items.filter(
    ({ type = '', metadata }) =>
      PULL_TYPES.has(type) && metadata.annotations?.[EXCLUDE_IMAGE_SECRET] !== 'true',
  );
}

/** secretList is the answer of `imagestreams/secrets`. */
export async function secretList(client: Client, namespace: string): Promise<SecretList> {
  const items = [...(await pullSecrets(client, namespace))];
  return { apiVersion: 'image.openshift.io/v1', kind: 'SecretList', metadata: {}, items };
}
