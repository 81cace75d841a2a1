import type { EndpointSlice } from '../../../apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import { isNotFound, newConflict } from '../../../machinery/status-error.ts';
import type { SlicePlan } from './slice-plan.ts';

/** SERVICE_NAME_LABEL names the service of a slice. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
/** MANAGED_BY_LABEL names who keeps a slice. */
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';

/** slicesOf answers those slices of a service that a manager keeps. */
export function slicesOf(
  slices: readonly EndpointSlice[],
  name: string | undefined,
  manager: string,
): EndpointSlice[] {
  return slices.filter(
    ({ metadata }) =>
      metadata.labels?.[SERVICE_NAME_LABEL] === name &&
      metadata.labels?.[MANAGED_BY_LABEL] === manager,
  );
}

/** writeSlices carries out a plan: first what adds endpoints, then what takes them away. */
export async function writeSlices(client: Client, plan: SlicePlan): Promise<void> {
  for (const slice of plan.create) await create(client, slice);
  for (const slice of plan.update) await client.update(ENDPOINT_SLICES, slice);
  for (const { metadata } of plan.remove) {
    const { namespace, name = '' } = metadata;
    await client.delete(ENDPOINT_SLICES, { namespace, name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

/** create: a slice of that name is one that the informer does not show yet; look again then. */
async function create(client: Client, slice: EndpointSlice): Promise<void> {
  const created = await createUnlessExists(client, ENDPOINT_SLICES, slice);
  if (created === undefined) throw newConflict(ENDPOINT_SLICES, slice.metadata.name ?? '');
}
