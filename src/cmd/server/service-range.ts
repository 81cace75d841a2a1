import { SERVICE_CIDRS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import type { Clock } from '../../controller-kit/controller.ts';
import { timestampOf } from '../../machinery/timestamp.ts';

/** SERVICE_RANGE is where services get their addresses. */
export const SERVICE_RANGE = '172.30.0.0/16';

/**
 * ensureServiceRange writes the ServiceCIDR `kubernetes`, by which clients learn the range of the
 * addresses of services, and says that it is ready. Idempotent.
 */
export async function ensureServiceRange(client: Client, clock: Clock): Promise<void> {
  const name = 'kubernetes';
  await createUnlessExists(client, SERVICE_CIDRS, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs: [SERVICE_RANGE] },
  });
  const { status, ...range } = await client.get(SERVICE_CIDRS, { name });
  if (status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')) return;
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: timestampOf(clock.now()),
  };
  await client.updateStatus(SERVICE_CIDRS, { ...range, status: { conditions: [ready] } });
}
