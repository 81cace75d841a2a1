import type { Controller } from '../controller-kit/controller.ts';
import { type ClusterDns, newClusterDns } from './dns/cluster-dns.ts';
import { hostIsSetUp, setUpHost, tearDownHost } from './host-setup.ts';
import type { NetworkOptions, ResolvedNetworkOptions } from './network-options.ts';
import { ForwardRules } from './pods/forward-rules.ts';
import { PodLinks } from './pods/pod-links.ts';
import { resolveOptions } from './resolve-options.ts';
import { newServiceController } from './services/service-controller.ts';
import { ServiceTable } from './services/service-table.ts';

/**
 * Network is the pod network of one node. The node agent uses it as its PodNetwork; the
 * composition root starts and stops it.
 */
export interface Network {
  /** attach connects the network namespace of `pid` to the pod network. Idempotent per pod. */
  attach(
    pod: { readonly uid: string; readonly name: string; readonly namespace: string },
    pid: number,
  ): Promise<{ readonly podIP: string; readonly hostIP: string }>;
  /** detach gives a pod's address back; its namespace may be gone already. */
  detach(podUid: string): Promise<void>;
  /** dns is what a pod's /etc/resolv.conf says. */
  readonly dns: { readonly servers: readonly string[]; readonly clusterDomain: string };
  /** controllers keep the host equal to the API; none without informers. Run them by a manager. */
  readonly controllers: readonly Controller[];
  /** dnsPort is where cluster DNS listens, once started. */
  readonly dnsPort: number | undefined;
  /** start makes the host's side and keeps it so. Pods that run already keep their addresses. */
  start(): Promise<void>;
  /** stop ends what runs in this process. Links and rules stay: pods go on talking. */
  stop(): Promise<void>;
  /** purge removes every link, route, rule and table of this instance from the host. */
  purge(): Promise<void>;
}

/** newNetwork makes a Network; nothing happens on the host before start. Throws on bad options. */
export function newNetwork(options: NetworkOptions): Network {
  return new HostNetwork(resolveOptions(options));
}

class HostNetwork implements Network {
  readonly dns: Network['dns'];
  readonly controllers: readonly Controller[];
  readonly #options: ResolvedNetworkOptions;
  readonly #links: PodLinks;
  readonly #forward: ForwardRules;
  readonly #table: ServiceTable;
  readonly #dns: ClusterDns | undefined;
  #dnsPort: number | undefined;
  #checking: NodeJS.Timeout | undefined;

  constructor(options: ResolvedNetworkOptions) {
    this.#options = options;
    this.#links = new PodLinks(options);
    this.#forward = new ForwardRules(options.interfacePrefix);
    this.#table = new ServiceTable(options);
    const { informers } = options;
    this.#dns = informers && newClusterDns({ ...options, informers });
    this.controllers = informers ? [newServiceController(informers, this.#table)] : [];
    this.dns = { servers: [options.dnsServiceIP], clusterDomain: options.clusterDomain };
  }

  get dnsPort(): number | undefined {
    return this.#dnsPort;
  }

  async attach(pod: { readonly uid: string }, pid: number) {
    const podIP = await this.#links.attach(pod.uid, pid);
    return { podIP, hostIP: this.#options.gateway };
  }

  detach(podUid: string): Promise<void> {
    return this.#links.detach(podUid);
  }

  async start(): Promise<void> {
    await this.#restoreHost();
    await this.#links.start();
    this.#dnsPort = await this.#dns?.start();
    this.#checkLater();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#checking);
    this.#checking = undefined;
    await this.#dns?.stop();
  }

  async purge(): Promise<void> {
    await this.stop();
    await this.#links.purge();
    await this.#forward.remove();
    await this.#table.remove();
    await tearDownHost(this.#options);
  }

  async #restoreHost(): Promise<void> {
    if (!(await hostIsSetUp(this.#options))) await setUpHost(this.#options);
    await this.#forward.ensure();
    await this.#table.ensure();
  }

  /** Others change the host too: dockerd when it starts, firewalls when they reload. */
  #checkLater(): void {
    this.#checking = setTimeout(async () => {
      try {
        await this.#restoreHost();
      } catch (error) {
        this.#options.log.warn({ error }, 'cannot restore the network of the host');
      }
      if (this.#checking !== undefined) this.#checkLater();
    }, this.#options.checkIntervalMs);
    this.#checking.unref();
  }
}
