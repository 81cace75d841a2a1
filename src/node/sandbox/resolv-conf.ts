import type { Pod } from '../../apis/core/v1/types.ts';

/** DnsSettings is the content of a resolv.conf. */
export interface DnsSettings {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** ClusterDns is what the pod network says of name resolution. */
export interface ClusterDns {
  readonly servers: readonly string[];
  readonly clusterDomain: string;
}

const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;

/** parseResolvConf reads the node's resolv.conf. */
export function parseResolvConf(text: string): DnsSettings {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) servers.push(rest[0]);
    if (word === 'search' || word === 'domain') searches = rest.filter((one) => one !== '.');
    if (word === 'options') options = rest;
  }
  return { servers, searches, options };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function withoutOverridden(options: readonly string[], added: readonly string[]): string[] {
  const names = new Set(added.map((one) => one.split(':')[0]));
  return options.filter((one) => !names.has(one.split(':')[0]));
}

function policySettings(pod: Pod, cluster: ClusterDns, node: DnsSettings): DnsSettings {
  const { dnsPolicy = 'ClusterFirst', hostNetwork = false } = pod.spec ?? {};
  if (dnsPolicy === 'None') return { servers: [], searches: [], options: [] };
  const first = dnsPolicy === 'ClusterFirst' && !hostNetwork;
  if (!first && dnsPolicy !== 'ClusterFirstWithHostNet') return node;
  const domain = cluster.clusterDomain;
  const searches = [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain];
  return {
    servers: cluster.servers,
    searches: unique([...searches, ...node.searches]),
    options: ['ndots:5'],
  };
}

/** dnsSettings is the name resolution of a pod by its dnsPolicy and dnsConfig. */
export function dnsSettings(pod: Pod, cluster: ClusterDns, node: DnsSettings): DnsSettings {
  const base = policySettings(pod, cluster, node);
  const { nameservers = [], searches = [], options = [] } = pod.spec?.dnsConfig ?? {};
  const added = options.map(({ name = '', value }) => (value ? `${name}:${value}` : name));
  return {
    servers: unique([...base.servers, ...nameservers]).slice(0, MAX_SERVERS),
    searches: unique([...base.searches, ...searches]).slice(0, MAX_SEARCHES),
    options: [...withoutOverridden(base.options, added), ...added],
  };
}

/** resolvConf is the text of a resolv.conf. */
export function resolvConf({ servers, searches, options }: DnsSettings): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
