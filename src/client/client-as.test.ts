import { expect, it } from 'vitest';
import { PODS } from '../apis/resource-types.ts';
import { clientAs } from './client-as.ts';
import { newClient } from './rest-client.ts';
import type { ApiRequest } from './transport.ts';

it('says which program asks, and keeps what else is said', async () => {
  const requests: ApiRequest[] = [];
  const take = (request: ApiRequest) => {
    requests.push(request);
    throw new Error('enough');
  };
  const client = newClient({
    request: async (one) => take(one),
    upgrade: async (one) => take(one),
  });
  const kubelet = clientAs('kubelet', client);
  const patch = { type: 'application/merge-patch+json', body: {} } as const;
  await expect(kubelet.patch(PODS, { namespace: 'a', name: 'b' }, patch)).rejects.toThrow('enough');
  const upgrade = { method: 'GET', path: '/x', headers: { 'user-agent': 'own' } } as const;
  await expect(kubelet.transport.upgrade(upgrade, [])).rejects.toThrow('enough');
  expect(requests.map(({ headers }) => headers)).toEqual([
    { 'user-agent': 'kubelet', 'content-type': 'application/merge-patch+json' },
    { 'user-agent': 'own' },
  ]);
});
