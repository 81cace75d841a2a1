import type { Service, ServicePort } from '../../../apis/core/v1/types.ts';
import { SERVICES } from '../../../apis/resource-types.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { formatIPv4, parseIPv4, parseIPv4Cidr } from '../../../machinery/ip-address.ts';
import { isNotFound, newInternalError, newInvalid } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { AllocatorMetrics, addressNames, NODE_PORTS } from './allocator-metrics.ts';
import { NumberPool } from './number-pool.ts';

const DEFAULT_CIDR = '172.30.0.0/16';
const DNS_OFFSET = 10;
const DEFAULT_NODE_PORTS = { first: 30_000, last: 32_767 };

/** Claims are what a write took; they are given back when the write does not happen. */
export interface Claims {
  readonly addresses: readonly string[];
  readonly nodePorts: readonly number[];
}

/** How long an update may take from its claims to its end. */
const UPDATE_MS = 30_000;

interface Unsettled extends Claims {
  readonly service: Service;
  /** When to look whether the service holds them. */
  readonly from: number;
}

/**
 * ServiceAllocations owns the addresses and node ports of services. What is in use is read from
 * the stored services before the first claim, so that it survives a restart.
 */
export class ServiceAllocations {
  readonly #client: KubeDeps['client'];
  readonly #cidr: string;
  readonly #nodePortRange: { readonly first: number; readonly last: number };
  readonly #addresses: NumberPool;
  readonly #ports: NumberPool;
  readonly #addressMetrics: AllocatorMetrics | undefined;
  readonly #portMetrics: AllocatorMetrics | undefined;
  #loaded: Promise<void> | undefined;
  /** What updates took or dropped, until it is known whether they happened. */
  #unsettled: Unsettled[] = [];

  constructor(deps: KubeDeps) {
    const options = deps.options ?? {};
    const random = deps.random ?? Math.random;
    this.#client = deps.client;
    this.#cidr = options.serviceCidr ?? DEFAULT_CIDR;
    const range = parseIPv4Cidr(this.#cidr);
    if (range === undefined) throw new RangeError(`not an IPv4 range: ${this.#cidr}`);
    const { first, size } = range;
    // Neither the network's own address nor the broadcast address is ever given.
    const usable = { first: first + 1, size: Math.max(0, size - 2) };
    // The API's own service and DNS.
    const reserved = [first + 1, first + DNS_OFFSET];
    this.#addresses = new NumberPool(usable, reserved, random);
    this.#nodePortRange = options.nodePortRange ?? DEFAULT_NODE_PORTS;
    const { first: firstPort, last } = this.#nodePortRange;
    this.#ports = new NumberPool({ first: firstPort, size: last - firstPort + 1 }, [], random);
    const { metrics } = deps;
    if (!metrics) return;
    const names = addressNames(this.#cidr);
    this.#addressMetrics = new AllocatorMetrics(metrics, this.#addresses, names);
    this.#portMetrics = new AllocatorMetrics(metrics, this.#ports, NODE_PORTS);
  }

  /** ready resolves when the services that exist have been read. */
  ready(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const { items } = await this.#client.list(SERVICES);
    for (const service of items) {
      for (const address of addressesOf(service)) this.#addresses.claim(address, ownerOf(service));
      for (const port of nodePortsOf(service)) this.#ports.claim(port, ownerOf(service));
    }
  }

  /**
   * settleLater gives numbers back if, after an update ended, the service does not hold them:
   * those that it took and then failed, and those that it gave up.
   */
  settleLater(
    service: Service,
    claims: { readonly taken: Claims; readonly dropped: Claims },
    now: Date,
  ): void {
    const at = now.getTime();
    const entries = [
      { ...claims.taken, from: at + UPDATE_MS },
      { ...claims.dropped, from: at },
    ];
    for (const entry of entries)
      if (entry.addresses.length + entry.nodePorts.length > 0)
        this.#unsettled.push({ ...entry, service });
  }

  /** settle looks after what settleLater left. Called before new claims. */
  async settle(now: Date): Promise<void> {
    const due = this.#unsettled.filter((one) => one.from <= now.getTime());
    if (due.length === 0) return;
    this.#unsettled = this.#unsettled.filter((one) => !due.includes(one));
    for (const one of due) {
      const service = await this.#find(one.service);
      const held = service === undefined ? [] : addressesOf(service);
      const ports = service === undefined ? [] : nodePortsOf(service);
      const addresses = one.addresses.filter((text) => !held.includes(parseIPv4(text) ?? -1));
      const nodePorts = one.nodePorts.filter((port) => !ports.includes(port));
      this.release(ownerOf(one.service), { addresses, nodePorts });
      const waits = now.getTime() - one.from < UPDATE_MS;
      const rest = {
        ...one,
        addresses: minus(one.addresses, addresses),
        nodePorts: minus(one.nodePorts, nodePorts),
      };
      if (waits && rest.addresses.length + rest.nodePorts.length > 0) this.#unsettled.push(rest);
    }
  }

  /** Finds the service as it is stored now, unless it is another one of the same name. */
  async #find(service: Service): Promise<Service | undefined> {
    const { namespace, name = '' } = service.metadata;
    try {
      const found = await this.#client.get(SERVICES, { namespace, name });
      return ownerOf(found) === ownerOf(service) ? found : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** claimAddress takes the address that a service asks for, or any; throws a 422 when it cannot. */
  claimAddress(service: Service, wanted: string): string {
    if (wanted === '') {
      const any = () => this.#addresses.claimAny(ownerOf(service));
      const number = this.#addressMetrics ? this.#addressMetrics.counted('dynamic', any) : any();
      if (number === undefined)
        throw newInternalError(new Error('failed to allocate a serviceIP: range is full'));
      return formatIPv4(number);
    }
    const number = parseIPv4(wanted);
    const claim = () =>
      number === undefined ? 'outside' : this.#addresses.claim(number, ownerOf(service));
    const result = this.#addressMetrics ? this.#addressMetrics.counted('static', claim) : claim();
    if (result === 'ok') return wanted;
    const reason =
      result === 'taken'
        ? 'provided IP is already allocated'
        : 'the provided network does not match the current range';
    const detail = `failed to allocate IP ${wanted}: ${reason}`;
    throw refuse(service, invalid('spec.clusterIPs', [wanted], detail));
  }

  /** claimNodePort takes the node port that a port asks for, or any; throws a 422 when it cannot. */
  claimNodePort(service: Service, port: ServicePort, index: number): number {
    const path = `${indexPath('spec.ports', index)}.nodePort`;
    const wanted = port.nodePort ?? 0;
    if (wanted === 0) {
      const any = () => this.#ports.claimAny(ownerOf(service));
      const number = this.#portMetrics ? this.#portMetrics.counted('dynamic', any) : any();
      if (number !== undefined) return number;
      throw newInternalError(new Error('failed to allocate a nodePort: range is full'));
    }
    const problem = this.#claimPort(service, wanted);
    if (problem !== undefined) throw refuse(service, invalid(path, wanted, problem));
    return wanted;
  }

  /** claimHealthPort does the same for the port at which a load balancer asks for health; 0: any. */
  claimHealthPort(service: Service, wanted: number): number {
    if (wanted === 0) {
      const any = () => this.#ports.claimAny(ownerOf(service));
      const number = this.#portMetrics ? this.#portMetrics.counted('dynamic', any) : any();
      if (number !== undefined) return number;
      throw newInternalError(new Error('failed to allocate a HealthCheck NodePort: range is full'));
    }
    const problem = this.#claimPort(service, wanted);
    if (problem === undefined) return wanted;
    const detail = `failed to allocate requested HealthCheck NodePort ${wanted}: ${problem}`;
    throw refuse(service, invalid('spec.healthCheckNodePort', wanted, detail));
  }

  /** Answers why a port cannot be had; undefined: the service has it. */
  #claimPort(service: Service, wanted: number): string | undefined {
    const claim = () => this.#ports.claim(wanted, ownerOf(service));
    const result = this.#portMetrics ? this.#portMetrics.counted('static', claim) : claim();
    if (result === 'ok') return undefined;
    if (result === 'taken') return 'provided port is already allocated';
    const { first, last } = this.#nodePortRange;
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  }

  /** release gives back what a write took for a service. */
  release(owner: string, claims: Claims): void {
    for (const address of claims.addresses) {
      const number = parseIPv4(address);
      if (number !== undefined) this.#addresses.release(number, owner);
    }
    for (const port of claims.nodePorts) this.#ports.release(port, owner);
  }

  /** releaseService gives back what a service that went had. */
  releaseService(service: Service): void {
    const owner = ownerOf(service);
    for (const address of addressesOf(service)) this.#addresses.release(address, owner);
    for (const port of nodePortsOf(service)) this.#ports.release(port, owner);
  }
}

/** ownerOf is under which name a service holds its numbers: its uid. */
export function ownerOf(service: Service): string {
  return service.metadata.uid ?? '';
}

function minus<T>(all: readonly T[], gone: readonly T[]): T[] {
  return all.filter((one) => !gone.includes(one));
}

function refuse(service: Service, error: FieldError) {
  return newInvalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error]);
}

function addressesOf(service: Service): number[] {
  const { clusterIPs, clusterIP } = service.spec ?? {};
  const all = clusterIPs ?? (clusterIP ? [clusterIP] : []);
  return all.map(parseIPv4).filter((one) => one !== undefined);
}

function nodePortsOf(service: Service): number[] {
  const ports = (service.spec?.ports ?? []).map(({ nodePort }) => nodePort ?? 0);
  return [...new Set([...ports, service.spec?.healthCheckNodePort ?? 0])].filter((one) => one > 0);
}
