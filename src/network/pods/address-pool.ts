import { formatIPv4, parseIPv4 } from '../../machinery/ip-address.ts';
import { type Cidr, cidrContains } from '../ipv4.ts';

/**
 * AddressPool hands out the addresses of a network, one per owner.
 *
 * INVARIANTS: an address has one owner; an owner keeps its address until it gives it back; a freed
 * address is handed out again as late as possible, so that connections to a dead pod do not meet
 * a new one.
 */
export class AddressPool {
  readonly #cidr: Cidr;
  readonly #reserved: ReadonlySet<number>;
  readonly #byOwner = new Map<string, number>();
  readonly #used = new Set<number>();
  #next: number;

  /** The network and broadcast addresses are never handed out, nor are the reserved ones. */
  constructor(cidr: Cidr, reserved: readonly string[]) {
    this.#cidr = cidr;
    this.#reserved = new Set(reserved.map((one) => parseIPv4(one) ?? -1));
    this.#next = cidr.base + 1;
  }

  /** of is the address that an owner has. */
  of(owner: string): string | undefined {
    const address = this.#byOwner.get(owner);
    return address === undefined ? undefined : formatIPv4(address);
  }

  /** owners are all who have an address. */
  owners(): readonly string[] {
    return [...this.#byOwner.keys()];
  }

  /** restore notes an address found on the host; false when it is foreign or taken by another. */
  restore(owner: string, text: string): boolean {
    const address = parseIPv4(text);
    if (address === undefined || !cidrContains(this.#cidr, address)) return false;
    if (this.#used.has(address)) return this.#byOwner.get(owner) === address;
    if (this.#byOwner.has(owner)) return false;
    this.#take(owner, address);
    this.#next = Math.max(this.#next, address + 1);
    return true;
  }

  /** allocate answers the owner's address, a new one if it has none. Throws when all are taken. */
  allocate(owner: string): string {
    const present = this.of(owner);
    if (present !== undefined) return present;
    const last = this.#cidr.base + this.#cidr.size - 2;
    for (let tried = 0; tried < this.#cidr.size; tried++) {
      if (this.#next > last) this.#next = this.#cidr.base + 1;
      const address = this.#next++;
      if (this.#used.has(address) || this.#reserved.has(address)) continue;
      this.#take(owner, address);
      return formatIPv4(address);
    }
    const network = `${formatIPv4(this.#cidr.base)}/${this.#cidr.prefixLength}`;
    throw new Error(`no free address in ${network}: ${this.#used.size} pods have one`);
  }

  /** release gives an owner's address back; unknown owners are fine. */
  release(owner: string): void {
    const address = this.#byOwner.get(owner);
    if (address === undefined) return;
    this.#byOwner.delete(owner);
    this.#used.delete(address);
  }

  #take(owner: string, address: number): void {
    this.#byOwner.set(owner, address);
    this.#used.add(address);
  }
}
