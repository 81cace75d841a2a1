import type { ServiceCIDR } from '../../../apis/networking.k8s.io/v1/types.ts';
import { SERVICE_CIDRS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { type IPv4Range, parseIPv4Cidr } from '../../../machinery/ip-address.ts';

/** ServiceRange is a range that a ServiceCIDR gives to services. */
export interface ServiceRange extends IPv4Range {
  readonly cidr: string;
}

/** As upstream, a range of which nobody has said yet whether it is ready counts as ready. */
function isReady({ metadata, status }: ServiceCIDR): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';
}

/**
 * moreRanges answers the IPv4 ranges beside `known` from which services may have addresses now:
 * those of ServiceCIDRs that are ready and stay. As upstream, ranges may overlap.
 */
export async function moreRanges(client: Client, known: string): Promise<readonly ServiceRange[]> {
  const { items } = await client.list(SERVICE_CIDRS);
  const cidrs = items.filter(isReady).flatMap(({ spec }) => spec?.cidrs ?? []);
  return [...new Set(cidrs)].flatMap((cidr) => {
    const range = cidr === known ? undefined : parseIPv4Cidr(cidr);
    return range === undefined ? [] : [{ cidr, ...range }];
  });
}

/** usableOf leaves out the network's own address and the broadcast address, which nobody gets. */
export function usableOf({ first, size }: IPv4Range): IPv4Range {
  return { first: first + 1, size: Math.max(0, size - 2) };
}

/** isWithin tells whether a range has an address. */
export function isWithin({ first, size }: IPv4Range, address: number): boolean {
  return address >= first && address < first + size;
}
