import type { Client } from '../../../client/client.ts';
import type { ResourceType } from '../../../machinery/object.ts';

const USERS: ResourceType = {
  group: 'user.openshift.io',
  version: 'v1',
  resource: 'users',
  kind: 'User',
  namespaced: false,
};

/** userName asks the server who its caller is. */
export async function userName(client: Client): Promise<string> {
  const { metadata } = await client.get(USERS, { name: '~' });
  return metadata.name ?? '';
}
