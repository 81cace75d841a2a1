import { expect, it } from 'vitest';
import { LEASES, NODES } from '../../apis/resource-types.ts';
import { newFakeClient } from '../../client/fake/fake-client.ts';
import { renewNodeLease } from './node-lease.ts';

it('makes the lease of a node, and renews it', async () => {
  const client = newFakeClient();
  let now = new Date('2030-01-01T00:00:00.123Z');
  const clock = { now: () => now, elapsedMs: () => 0, setTimer: () => () => undefined };
  const node = await client.create(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
  });
  const renew = () => renewNodeLease({ client, clock, nodeName: 'n1' });
  const ref = { namespace: 'kube-node-lease', name: 'n1' };
  await renew();
  const made = await client.get(LEASES, ref);
  expect(made.metadata.ownerReferences).toMatchObject([{ kind: 'Node', uid: node.metadata.uid }]);
  expect(made.spec).toEqual({
    holderIdentity: 'n1',
    leaseDurationSeconds: 40,
    renewTime: '2030-01-01T00:00:00.123000Z',
  });
  now = new Date('2030-01-01T00:00:10.000Z');
  await renew();
  const renewed = await client.get(LEASES, ref);
  expect(renewed.spec?.renewTime).toBe('2030-01-01T00:00:10.000000Z');
  expect(renewed.metadata.uid).toBe(made.metadata.uid);
});
