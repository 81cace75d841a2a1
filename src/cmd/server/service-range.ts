import { SERVICE_CIDRS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import type { Clock } from '../../controller-kit/controller.ts';
import { timestampOf } from '../../machinery/timestamp.ts';

/** SERVICE_RANGE is where services get their addresses. */
const SERVICE_RANGE = '172.30.0.0/16';

/** MANAGER is who says that the range is ready: upstream's controller. */
const MANAGER = 'kubernetes-service-cidr-controller';

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
  const { status } = await client.get(SERVICE_CIDRS, { name });
  if (status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')) return;
  const ready = {
    type: 'Ready',
    status: 'True',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: timestampOf(clock.now()),
  };
  await client.patch(
    SERVICE_CIDRS,
    { name },
    {
      type: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name },
        status: { conditions: [ready] },
      },
    },
    { subresource: 'status', fieldManager: MANAGER, force: true },
  );
}
