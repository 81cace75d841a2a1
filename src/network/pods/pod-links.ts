import { readlink } from 'node:fs/promises';
import { parseCidr } from '../ipv4.ts';
import { runCommand } from '../run-command.ts';
import { AddressPool } from './address-pool.ts';
import { deleteLinks, ipBatch, linkExists, readPodLinks, uplinkMtu } from './host-links.ts';
import { hostCommands, hostEndName, type PodLink, podCommands } from './link-plan.ts';

/** PodLinksOptions are the names and addresses that an instance's pod links use. */
export interface PodLinksOptions {
  readonly podCidr: string;
  readonly gateway: string;
  readonly interfacePrefix: string;
}

interface AddressInfo {
  readonly addr_info?: readonly { readonly local?: string }[];
}

/**
 * PodLinks connects pods to the host with one veth pair and one /32 route each.
 *
 * INVARIANTS: the host is the only durable state (alias and route of the host end); for one pod
 * at most one attach or detach runs at a time; a link of a pod whose sandbox was replaced is
 * deleted before the new one is made, with the same address.
 */
export class PodLinks {
  readonly #options: PodLinksOptions;
  readonly #pool: AddressPool;
  readonly #queues = new Map<string, Promise<unknown>>();
  #mtu = 1500;

  constructor(options: PodLinksOptions) {
    this.#options = options;
    this.#pool = new AddressPool(parseCidr(options.podCidr), [options.gateway]);
  }

  /** start learns the addresses of pods that run already, and the MTU of the uplink. */
  async start(): Promise<void> {
    this.#mtu = await uplinkMtu();
    for (const link of await readPodLinks(this.#options.interfacePrefix)) {
      this.#pool.restore(link.podUid, link.address);
    }
  }

  /** attach connects the namespace of `pid` and answers the pod's address. Idempotent. */
  attach(podUid: string, pid: number): Promise<string> {
    return this.#serially(podUid, async () => {
      await refuseHostNamespace(pid);
      const known = this.#pool.of(podUid);
      const link: PodLink = {
        interfaceName: hostEndName(this.#options.interfacePrefix, podUid),
        podUid,
        address: this.#pool.allocate(podUid),
      };
      if (known !== undefined && (await hasAddress(pid, known))) return known;
      try {
        await this.#connect(link, pid, known !== undefined);
      } catch (cause) {
        await deleteLinks([link.interfaceName]);
        if (known === undefined) this.#pool.release(podUid);
        throw new Error(`cannot connect pod ${podUid} (process ${pid})`, { cause });
      }
      return link.address;
    });
  }

  /** detach removes the link, if the pod's end did not take it along, and frees the address. */
  detach(podUid: string): Promise<void> {
    return this.#serially(podUid, async () => {
      const name = hostEndName(this.#options.interfacePrefix, podUid);
      await deleteLinks([name]);
      this.#pool.release(podUid);
    });
  }

  /** purge removes every link of this instance. */
  async purge(): Promise<void> {
    const links = await readPodLinks(this.#options.interfacePrefix);
    await deleteLinks(links.map((one) => one.interfaceName));
    for (const owner of this.#pool.owners()) this.#pool.release(owner);
  }

  async #connect(link: PodLink, pid: number, mayExist: boolean): Promise<void> {
    if (mayExist && (await linkExists(link.interfaceName))) {
      await deleteLinks([link.interfaceName]);
    }
    const { gateway } = this.#options;
    await ipBatch(hostCommands(link, { pid, mtu: this.#mtu, gateway }));
    await ipBatch(podCommands(link), pid);
  }

  #serially<T>(podUid: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(podUid) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#queues.set(podUid, settled);
    void settled.then(() => {
      if (this.#queues.get(podUid) === settled) this.#queues.delete(podUid);
    });
    return mine;
  }
}

/** refuseHostNamespace keeps a wrong pid from rewiring the host itself. */
async function refuseHostNamespace(pid: number): Promise<void> {
  const [own, theirs] = await Promise.all([
    readlink('/proc/self/ns/net'),
    readlink(`/proc/${pid}/ns/net`),
  ]);
  if (own === theirs) throw new Error(`process ${pid} is in the host's network namespace`);
}

async function hasAddress(pid: number, address: string): Promise<boolean> {
  const args = [`--net=/proc/${pid}/ns/net`, 'ip', '-json', '-4', 'address', 'show', 'dev', 'eth0'];
  try {
    const found = JSON.parse((await runCommand('nsenter', args)) || '[]') as AddressInfo[];
    return found.some((one) => one.addr_info?.some((info) => info.local === address));
  } catch {
    // There is no eth0 yet: the sandbox is new.
    return false;
  }
}
