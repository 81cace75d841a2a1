import type { ResourceClaim, ResourceClaimSpec } from '../../../apis/resource.k8s.io/v1/types.ts';
import { NAMESPACES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { type FieldError, forbidden } from '../../../machinery/field-error.ts';

const LABEL = 'resource.kubernetes.io/admin-access';
const DETAIL = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`;

async function refusal(client: Client, path: string, namespace: string): Promise<FieldError[]> {
  const { metadata } = await client.get(NAMESPACES, { name: namespace });
  return metadata.labels?.[LABEL] === 'true' ? [] : [forbidden(path, DETAIL)];
}

function resultWithAccess({ status }: ResourceClaim): number {
  return (status?.allocation?.devices?.results ?? []).findIndex((one) => one.adminAccess);
}

/** requestedAccessErrors refuses a request for devices that others use, unless the namespace is for that. Templates of claims name the same path. */
export async function requestedAccessErrors(
  client: Client,
  spec: ResourceClaimSpec | undefined,
  namespace = '',
): Promise<FieldError[]> {
  const index = (spec?.devices?.requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess);
  if (index < 0) return [];
  return refusal(client, `spec.devices.requests[${index}].adminAccess`, namespace);
}

/** grantedAccessErrors does the same for an allocation that was not there before. */
export async function grantedAccessErrors(
  client: Client,
  claim: ResourceClaim,
  old: ResourceClaim,
): Promise<FieldError[]> {
  const index = resultWithAccess(claim);
  if (index < 0 || resultWithAccess(old) >= 0) return [];
  const path = `status.allocation.devices.results[${index}].adminAccess`;
  return refusal(client, path, claim.metadata.namespace ?? '');
}
