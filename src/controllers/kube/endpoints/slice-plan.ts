import { createHash } from 'node:crypto';
import type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '../../../apis/discovery.k8s.io/v1/types.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import type { ObjectMeta } from '../../../machinery/meta/v1.ts';

/** MAX_ENDPOINTS is how many endpoints a slice holds, as upstream by default. */
const MAX_ENDPOINTS = 100;

/** EndpointGroup is the endpoints that share one list of ports. */
export interface EndpointGroup {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

/** SlicePlan is what to do so that the slices of a service show its endpoints. */
export interface SlicePlan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** SliceOwner says how the slices of a service are named and marked. */
export interface SliceOwner {
  readonly name: string;
  readonly metadata: Omit<ObjectMeta, 'name'>;
}

/**
 * planSlices distributes endpoints over slices. Endpoints stay in the slice they are in; new ones
 * fill up what has room; names are made from owner, ports and number, so that doing it twice makes
 * nothing twice. Without any endpoint one empty slice remains.
 */
export function planSlices(
  owner: SliceOwner,
  groups: readonly EndpointGroup[],
  existing: readonly EndpointSlice[],
): SlicePlan {
  const wanted = new Map<string, EndpointSlice>();
  const all = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  for (const group of all) {
    const mine = existing.filter((slice) => semanticEqual(slice.ports ?? [], group.ports));
    for (const slice of slicesOf(owner, group, mine)) wanted.set(slice.metadata.name ?? '', slice);
  }
  const held = new Map(existing.map((slice) => [slice.metadata.name ?? '', slice]));
  const values = [...wanted.values()];
  return {
    create: values.filter((slice) => !held.has(slice.metadata.name ?? '')),
    update: values.filter((slice) => {
      const before = held.get(slice.metadata.name ?? '');
      return before !== undefined && !sameSlice(before, slice);
    }),
    remove: existing.filter((slice) => !wanted.has(slice.metadata.name ?? '')),
  };
}

function slicesOf(
  owner: SliceOwner,
  { ports, endpoints }: EndpointGroup,
  existing: readonly EndpointSlice[],
): EndpointSlice[] {
  const left = new Map(endpoints.map((one) => [identityOf(one), one]));
  const kept = existing.map((slice) => {
    const stay: Endpoint[] = [];
    for (const { addresses, targetRef } of slice.endpoints ?? []) {
      const key = identityOf({ addresses, ...(targetRef ? { targetRef } : {}) });
      const current = left.get(key);
      if (current && stay.length < MAX_ENDPOINTS) stay.push(current);
      if (current) left.delete(key);
    }
    return { metadata: slice.metadata, endpoints: stay };
  });
  const rest = [...left.values()];
  for (const slice of kept)
    slice.endpoints.push(...rest.splice(0, MAX_ENDPOINTS - slice.endpoints.length));
  const filled = kept.filter((slice) => slice.endpoints.length > 0);
  const taken = new Set(kept.map((slice) => slice.metadata.name));
  for (let number = 0; rest.length > 0 || filled.length === 0; number += 1) {
    const name = sliceName(owner, ports, number);
    const reused = kept.find((slice) => slice.metadata.name === name);
    if (reused && filled.includes(reused)) continue;
    if (!reused && taken.has(name)) continue;
    const metadata = reused?.metadata ?? { name };
    filled.push({ metadata, endpoints: rest.splice(0, MAX_ENDPOINTS) });
  }
  return filled.map(({ metadata, endpoints: held }) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, ...owner.metadata },
    addressType: 'IPv4',
    endpoints: held,
    ports,
  }));
}

function identityOf({ addresses, targetRef }: Pick<Endpoint, 'addresses' | 'targetRef'>): string {
  return `${addresses[0]} ${targetRef?.uid ?? ''}`;
}

function sliceName(owner: SliceOwner, ports: readonly EndpointPort[], number: number): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([owner.metadata.ownerReferences?.[0]?.uid, ports, number]));
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const suffix = [...hash.digest().subarray(0, 5)].map((byte) => alphabet[byte % alphabet.length]);
  return `${owner.name.slice(0, 57)}-${suffix.join('')}`;
}

function sameSlice(a: EndpointSlice, b: EndpointSlice): boolean {
  return (
    semanticEqual(a.endpoints ?? [], b.endpoints ?? []) &&
    semanticEqual(a.ports ?? [], b.ports ?? []) &&
    semanticEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {})
  );
}
