import type { Service, ServicePort } from '../../../apis/core/v1/types.ts';
import { SERVICES } from '../../../apis/resource-types.ts';
import { invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { parseIPv4 } from '../../../machinery/ip-address.ts';
import { isNotFound, newInternalError } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { AllocatorMetrics, NODE_PORTS } from './allocator-metrics.ts';
import { NumberPool } from './number-pool.ts';
import { ownerOf, refusal, ServiceAddresses } from './service-addresses.ts';

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
  readonly #nodePortRange: { readonly first: number; readonly last: number };
  readonly #addresses: ServiceAddresses;
  readonly #ports: NumberPool;
  readonly #portMetrics: AllocatorMetrics | undefined;
  #loaded: Promise<void> | undefined;
  /** What updates took, until it is known whether they happened. */
  #unsettled: Unsettled[] = [];

  constructor(deps: KubeDeps) {
    const options = deps.options ?? {};
    const random = deps.random ?? Math.random;
    this.#client = deps.client;
    this.#addresses = new ServiceAddresses(deps);
    this.#nodePortRange = options.nodePortRange ?? DEFAULT_NODE_PORTS;
    const { first: firstPort, last } = this.#nodePortRange;
    this.#ports = new NumberPool({ first: firstPort, size: last - firstPort + 1 }, [], random);
    const { metrics } = deps;
    this.#portMetrics = metrics && new AllocatorMetrics(metrics, this.#ports, NODE_PORTS);
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
      for (const address of addressesOf(service)) this.#addresses.load(address, ownerOf(service));
      for (const port of nodePortsOf(service)) this.#ports.claim(port, ownerOf(service));
    }
  }

  /** settleLater gives back what an update took if, after it ended, the service does not hold it. */
  settleLater(service: Service, taken: Claims, now: Date): void {
    if (taken.addresses.length + taken.nodePorts.length === 0) return;
    this.#unsettled.push({ ...taken, service, from: now.getTime() + UPDATE_MS });
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
      await this.release(ownerOf(one.service), {
        addresses: one.addresses.filter((text) => !held.includes(parseIPv4(text) ?? -1)),
        nodePorts: one.nodePorts.filter((port) => !ports.includes(port)),
      });
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

  /**
   * claimAddress takes the address that a service asks for, or any, and writes its IPAddress; throws
   * a 422 when it cannot.
   */
  claimAddress(service: Service, wanted: string): Promise<string> {
    return this.#addresses.claim(service, wanted);
  }

  /** previewAddress answers what a dry run shows instead, and takes nothing. */
  previewAddress(service: Service, wanted: string): string {
    return this.#addresses.preview(service, wanted);
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
    if (problem !== undefined) throw refusal(service, invalid(path, wanted, problem));
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
    throw refusal(service, invalid('spec.healthCheckNodePort', wanted, detail));
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
  async release(owner: string, claims: Claims): Promise<void> {
    for (const port of claims.nodePorts) this.#ports.release(port, owner);
    await this.#addresses.release(owner, claims.addresses);
  }
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
