import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServiceAccount } from '../../../apis/core/v1/types.ts';
import { SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

it('keeps nothing but the names of an account’s secrets, on create and on update', async () => {
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'linked', namespace: 'default' },
    secrets: [{ kind: 'Secret', namespace: 'elsewhere', name: 'a' }],
  };
  const created = await server.client.create(SERVICE_ACCOUNTS, account);
  expect((created as ServiceAccount & KubeObject).secrets).toEqual([{ name: 'a' }]);
  const updated = await server.client.update(SERVICE_ACCOUNTS, {
    ...account,
    secrets: [{ name: 'a' }, { name: 'b', uid: 'x' }],
  } as KubeObject);
  expect((updated as ServiceAccount & KubeObject).secrets).toEqual([{ name: 'a' }, { name: 'b' }]);
});
