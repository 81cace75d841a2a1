import type { Service, ServicePort } from '../../apis/core/v1/types.ts';
import type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from '../../apis/discovery.k8s.io/v1/types.ts';
import { parseIPv4 } from '../../machinery/ip-address.ts';
import { type ChainSpec, chainName, type StaticMap } from './ruleset.ts';

/** Element is one element of a map or set; a set's elements have no value. */
export interface Element {
  readonly map: StaticMap;
  readonly key: string;
  readonly value: string | undefined;
}

/** ServicePlan is all that one Service needs in the kernel. */
export interface ServicePlan {
  readonly elements: readonly Element[];
  readonly chains: readonly ChainSpec[];
  /** The endpoint of every slot, by port; given to the next plan it keeps slots stable. */
  readonly slots: ReadonlyMap<string, readonly string[]>;
}

/** EMPTY_PLAN is the plan of a Service that is gone. */
export const EMPTY_PLAN: ServicePlan = { elements: [], chains: [], slots: new Map() };

const DEFAULT_AFFINITY_SECONDS = 10_800;

/**
 * planService decides what a Service and its EndpointSlices mean for the kernel. Only ready
 * endpoints count; where there are none, those that still serve while they terminate, as
 * kube-proxy does. A port without any has no elements and is thereby refused.
 */
export function planService(
  service: Service,
  slices: readonly EndpointSlice[],
  previous: ServicePlan = EMPTY_PLAN,
): ServicePlan {
  const addresses = clusterAddresses(service);
  const slots = new Map<string, readonly string[]>();
  const elements = new Map<string, Element>();
  const chains: ChainSpec[] = [];
  for (const port of addresses.length === 0 ? [] : (service.spec?.ports ?? [])) {
    const name = port.name ?? '';
    const taken = assignSlots(previous.slots.get(name) ?? [], portEndpoints(slices, name));
    if (taken.length === 0) continue;
    slots.set(name, taken);
    for (const target of frontends(service, port, addresses, taken.length)) {
      chains.push(target.chain);
      for (const element of frontendElements(target, taken)) {
        elements.set(elementId(element), element);
      }
    }
  }
  return { elements: [...elements.values()], chains, slots };
}

/** elementId identifies an element among all maps. */
export function elementId(element: Element): string {
  return `${element.map} ${element.key}`;
}

/**
 * assignSlots gives every endpoint a slot without gaps and moves as few as possible: an endpoint
 * that goes is replaced by a new one, or by the last.
 */
export function assignSlots(
  previous: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const left = new Set(wanted);
  const slots = previous.map((one) => (left.delete(one) ? one : undefined));
  const fresh = [...left];
  for (let slot = 0; slot < slots.length; slot++) {
    if (slots[slot] !== undefined) continue;
    const next = fresh.shift() ?? lastAfter(slots, slot);
    if (next === undefined) break;
    slots[slot] = next;
  }
  return [...slots.filter((one) => one !== undefined), ...fresh];
}

function lastAfter(slots: (string | undefined)[], slot: number): string | undefined {
  while (slots.length > slot + 1) {
    const last = slots.pop();
    if (last !== undefined) return last;
  }
  return undefined;
}

interface Frontend {
  readonly chain: ChainSpec;
  readonly decisions: 'services' | 'node_ports';
  readonly key: string;
}

function clusterAddresses(service: Service): readonly string[] {
  const spec = service.spec;
  if (spec === undefined || spec.type === 'ExternalName') return [];
  const own = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const balancer = (service.status?.loadBalancer?.ingress ?? []).map((one) => one.ip ?? '');
  const all = [...own, ...(spec.externalIPs ?? []), ...balancer];
  return [...new Set(all.filter((one) => parseIPv4(one) !== undefined))];
}

function frontends(
  service: Service,
  port: ServicePort,
  addresses: readonly string[],
  endpoints: number,
): readonly Frontend[] {
  const affinitySeconds = affinityOf(service);
  const protocol = (port.protocol ?? 'TCP').toLowerCase();
  const made: Frontend[] = addresses.map((address) => ({
    chain: { scope: 'service', endpoints, affinitySeconds },
    decisions: 'services',
    key: `${address} . ${protocol} . ${port.port}`,
  }));
  if (port.nodePort !== undefined && port.nodePort > 0) {
    made.push({
      chain: { scope: 'node', endpoints, affinitySeconds },
      decisions: 'node_ports',
      key: `${protocol} . ${port.nodePort}`,
    });
  }
  return made;
}

function affinityOf(service: Service): number | undefined {
  if (service.spec?.sessionAffinity !== 'ClientIP') return undefined;
  const config = service.spec.sessionAffinityConfig?.clientIP;
  return config?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}

function frontendElements(front: Frontend, slots: readonly string[]): readonly Element[] {
  const map: StaticMap = `${front.chain.scope}_endpoints`;
  const targets = slots.map((value, slot): Element => {
    // The kernel counts slots from 1: a connection's mark of 0 is none.
    return { map, key: `${front.key} . ${slot + 1}`, value };
  });
  const hairpins = slots.map((endpoint): Element => {
    const [address = ''] = endpoint.split(' ');
    return { map: 'hairpin', key: `${address} . ${address}`, value: undefined };
  });
  const value = `goto ${chainName(front.chain)}`;
  return [{ map: front.decisions, key: front.key, value }, ...targets, ...hairpins];
}

function portEndpoints(slices: readonly EndpointSlice[], portName: string): readonly string[] {
  const ready = new Set<string>();
  const terminating = new Set<string>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const port = slice.ports?.find((one: EndpointPort) => (one.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const kind = isReady(endpoint) ? ready : isServingLast(endpoint) ? terminating : undefined;
      for (const address of endpoint.addresses) kind?.add(`${address} . ${port}`);
    }
  }
  return [...(ready.size > 0 ? ready : terminating)].sort();
}

function isReady(endpoint: Endpoint): boolean {
  return endpoint.conditions?.ready !== false;
}

function isServingLast(endpoint: Endpoint): boolean {
  return endpoint.conditions?.serving === true && endpoint.conditions.terminating === true;
}
