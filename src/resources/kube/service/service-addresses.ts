import type { Service } from '../../../apis/core/v1/types.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { formatIPv4, parseIPv4, parseIPv4Cidr } from '../../../machinery/ip-address.ts';
import { newInternalError, newInvalid } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { AddressObjects } from './address-objects.ts';
import { AllocatorMetrics, addressNames } from './allocator-metrics.ts';
import { isWithin, moreRanges, type ServiceRange, usableOf } from './more-ranges.ts';
import { NumberPool } from './number-pool.ts';

const DEFAULT_CIDR = '172.30.0.0/16';
const DNS_OFFSET = 10;

const TAKEN = 'provided IP is already allocated';
const NO_RANGE = 'the provided network does not match the current range';

/**
 * ServiceAddresses gives services their addresses. The pool of the cluster's own range keeps two
 * services apart at once; the IPAddress that is written for each keeps them apart from all others
 * that have addresses, and in the ranges that ServiceCIDRs add.
 */
export class ServiceAddresses {
  readonly #client: KubeDeps['client'];
  readonly #random: () => number;
  readonly #range: ServiceRange;
  readonly #pool: NumberPool;
  readonly #objects: AddressObjects;
  readonly #metrics: AllocatorMetrics | undefined;

  constructor({ client, options, random = Math.random, metrics }: KubeDeps) {
    const cidr = options?.serviceCidr ?? DEFAULT_CIDR;
    const range = parseIPv4Cidr(cidr);
    if (range === undefined) throw new RangeError(`not an IPv4 range: ${cidr}`);
    this.#client = client;
    this.#random = random;
    this.#range = { cidr, ...range };
    // The API's own service and DNS.
    const reserved = [range.first + 1, range.first + DNS_OFFSET];
    this.#pool = new NumberPool(usableOf(range), reserved, random);
    this.#objects = new AddressObjects(client);
    this.#metrics = metrics && new AllocatorMetrics(metrics, this.#pool, addressNames(cidr));
  }

  /** load notes that a service that is stored has an address. */
  load(address: number, owner: string): void {
    this.#pool.claim(address, owner);
  }

  /**
   * claim takes the address that a service asks for, or any where that is empty, and writes its
   * IPAddress. Throws a 422 when it cannot.
   */
  async claim(service: Service, wanted: string): Promise<string> {
    if (wanted === '') return this.#claimAny(service);
    const problem = await this.#claimOne(service, wanted);
    if (problem === undefined) return wanted;
    throw refuse(service, wanted, problem);
  }

  /**
   * preview answers what a dry run shows. As upstream, which takes nothing then: the address that
   * is asked for, taken or not, or the first of the range.
   */
  preview(service: Service, wanted: string): string {
    const { cidr, first } = this.#range;
    if (wanted === '') return formatIPv4(first);
    if (isWithin(usableOf(this.#range), parseIPv4(wanted) ?? -1)) return wanted;
    const words = `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${cidr}`;
    throw refuse(service, wanted, words);
  }

  /** release gives back what an owner has of these addresses, and nothing that is another's by now. */
  async release(owner: string, addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const number = parseIPv4(address) ?? -1;
      const holder = this.#pool.ownerOf(number);
      if (holder !== undefined && holder !== owner) continue;
      await this.#objects.drop(address);
      this.#pool.release(number, owner);
    }
  }

  /** Answers why an address cannot be had; undefined: the service has it. */
  async #claimOne(service: Service, wanted: string): Promise<string | undefined> {
    const number = parseIPv4(wanted) ?? -1;
    const range = await this.#rangeOf(number);
    if (range === undefined) return NO_RANGE;
    const isOwn = range === this.#range;
    if (isOwn && this.#claimNumber(number, service) !== 'ok') return TAKEN;
    if (await this.#hold(service, wanted)) return undefined;
    return TAKEN;
  }

  #claimNumber(number: number, service: Service) {
    const claim = () => this.#pool.claim(number, ownerOf(service));
    return this.#metrics ? this.#metrics.counted('static', claim) : claim();
  }

  async #rangeOf(number: number): Promise<ServiceRange | undefined> {
    if (isWithin(usableOf(this.#range), number)) return this.#range;
    const more = await moreRanges(this.#client, this.#range.cidr);
    return more.find((range) => isWithin(usableOf(range), number));
  }

  async #claimAny(service: Service): Promise<string> {
    const address = (await this.#claimOwn(service)) ?? (await this.#claimMore(service));
    if (address !== undefined) return address;
    throw newInternalError(new Error('failed to allocate a serviceIP: range is full'));
  }

  /** Takes any address of the cluster's own range that is nobody's. */
  async #claimOwn(service: Service): Promise<string | undefined> {
    const owner = ownerOf(service);
    const foreign: number[] = [];
    try {
      for (;;) {
        const any = () => this.#pool.claimAny(owner);
        const number = this.#metrics ? this.#metrics.counted('dynamic', any) : any();
        if (number === undefined) return undefined;
        foreign.push(number);
        const address = formatIPv4(number);
        if (!(await this.#objects.hold(address, service))) continue;
        foreign.pop();
        return address;
      }
    } finally {
      for (const number of foreign) this.#pool.release(number, owner);
    }
  }

  /** Takes any address of the other ranges: the first behind a random one that has no IPAddress. */
  async #claimMore(service: Service): Promise<string | undefined> {
    const ranges = await moreRanges(this.#client, this.#range.cidr);
    if (ranges.length === 0) return undefined;
    const taken = await this.#objects.all();
    for (const { first, size } of ranges.map(usableOf)) {
      const start = Math.floor(this.#random() * size);
      for (let step = 0; step < size; step += 1) {
        const address = formatIPv4(first + ((start + step) % size));
        if (!taken.has(address) && (await this.#objects.hold(address, service))) return address;
      }
    }
    return undefined;
  }

  /** Writes the IPAddress, and lets the number go where that did not happen. */
  async #hold(service: Service, address: string): Promise<boolean> {
    let isHeld = false;
    try {
      isHeld = await this.#objects.hold(address, service);
      return isHeld;
    } finally {
      if (!isHeld) this.#pool.release(parseIPv4(address) ?? -1, ownerOf(service));
    }
  }
}

/** ownerOf is under which name a service holds its numbers: its uid. */
export function ownerOf(service: Service): string {
  return service.metadata.uid ?? '';
}

function refuse(service: Service, wanted: string, reason: string) {
  const detail = `failed to allocate IP ${wanted}: ${reason}`;
  return refusal(service, invalid('spec.clusterIPs', [wanted], detail));
}

/** refusal is what a service is answered that cannot have a number. */
export function refusal(service: Service, error: FieldError) {
  return newInvalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error]);
}
