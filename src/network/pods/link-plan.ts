import { createHash } from 'node:crypto';

/** POD_GATEWAY is the next hop that every pod uses; it exists on no interface. */
const POD_GATEWAY = '169.254.1.1';

/** HOST_END_MAC is the hardware address of every host end, so that pods need not ask for it. */
const HOST_END_MAC = 'ee:ee:ee:ee:ee:ee';

/** PodLink is the veth pair of one pod, as its alias on the host describes it. */
export interface PodLink {
  readonly interfaceName: string;
  readonly podUid: string;
  readonly address: string;
}

/** hostEndName is the name of a pod's interface on the host; at most 15 letters, the kernel's limit. */
export function hostEndName(prefix: string, podUid: string): string {
  const digest = createHash('sha256').update(podUid).digest('hex');
  return prefix + digest.slice(0, 15 - prefix.length);
}

/** linkAlias is what a host end carries, so that its pod is known after a restart. */
export function linkAlias(link: PodLink): string {
  return `pod ${link.podUid} ${link.address}`;
}

/** parseLinkAlias is the inverse of linkAlias; undefined for an interface that is not a pod's. */
export function parseLinkAlias(interfaceName: string, alias: string): PodLink | undefined {
  const match = /^pod (\S+) (\d+\.\d+\.\d+\.\d+)$/.exec(alias);
  if (!match?.[1] || !match[2]) return undefined;
  return { interfaceName, podUid: match[1], address: match[2] };
}

/** podMac derives a locally administered hardware address from the pod's IPv4 address. */
export function podMac(address: string): string {
  const bytes = address.split('.').map((one) => Number(one).toString(16).padStart(2, '0'));
  return ['0a', '58', ...bytes].join(':');
}

/**
 * hostCommands are the `ip -batch` lines that make the pair, put its other end into the network
 * namespace of `pid`, and route the pod's address to it.
 */
export function hostCommands(
  link: PodLink,
  options: { readonly pid: number; readonly mtu: number; readonly gateway: string },
): readonly string[] {
  const { interfaceName: name, address } = link;
  const peer = `peer name eth0 address ${podMac(address)} mtu ${options.mtu} netns ${options.pid}`;
  return [
    `link add ${name} address ${HOST_END_MAC} mtu ${options.mtu} type veth ${peer}`,
    `link set dev ${name} addrgenmode none`,
    `link set dev ${name} alias "${linkAlias(link)}"`,
    `link set dev ${name} up`,
    `route replace ${address}/32 dev ${name} src ${options.gateway}`,
  ];
}

/**
 * podCommands are the `ip -batch` lines for inside the pod. The next hop is a permanent neighbour:
 * the first packet waits for nobody, and it works on a host without a default route, where the
 * kernel's proxy ARP would stay silent.
 */
export function podCommands(link: PodLink): readonly string[] {
  return [
    'link set dev lo up',
    `address replace ${link.address}/32 dev eth0`,
    'link set dev eth0 up',
    `neighbour replace ${POD_GATEWAY} lladdr ${HOST_END_MAC} dev eth0 nud permanent`,
    `route replace ${POD_GATEWAY} dev eth0 scope link`,
    `route replace default via ${POD_GATEWAY} dev eth0 src ${link.address}`,
  ];
}
