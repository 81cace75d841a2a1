import { LEASES, NODES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../controller-kit/controller.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { microTimestampOf } from '../../machinery/timestamp.ts';

const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;

/** NodeLeaseDeps is what the lease of a node needs. */
export interface NodeLeaseDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly nodeName: string;
}

/**
 * renewNodeLease shows that the agent of a node lives: the lease of the node's name in
 * `kube-node-lease`, as kubelet keeps it. It belongs to the node and goes with it.
 */
export async function renewNodeLease({ client, clock, nodeName }: NodeLeaseDeps): Promise<void> {
  const spec = {
    holderIdentity: nodeName,
    leaseDurationSeconds: DURATION_SECONDS,
    renewTime: microTimestampOf(clock.now()),
  };
  const ref = { namespace: NAMESPACE, name: nodeName };
  try {
    const body = { type: 'application/merge-patch+json', body: { spec } } as const;
    await client.patch(LEASES, ref, body);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { metadata } = await client.get(NODES, { name: nodeName });
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: metadata.uid ?? '' };
    await client.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...ref, ownerReferences: [owner] },
      spec,
    });
  }
}
