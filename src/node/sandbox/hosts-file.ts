import type { Pod } from '../../apis/core/v1/types.ts';

const LOCAL = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

function aliasLines(pod: Pod): string[] {
  const aliases = pod.spec?.hostAliases ?? [];
  if (aliases.length === 0) return [];
  return [
    '',
    '# Entries added by HostAliases.',
    ...aliases.map(({ ip, hostnames }) => [ip, ...(hostnames ?? [])].join('\t')),
  ];
}

/** hostnameOf is a pod's host name: its own, else its name cut to what the kernel takes. */
export function hostnameOf(pod: Pod): string {
  const name = pod.spec?.hostname || pod.metadata.name || '';
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

/** domainOf is the domain of a pod with a subdomain: `SUBDOMAIN.NAMESPACE.svc.CLUSTER`. */
function domainOf(pod: Pod, clusterDomain: string): string {
  const { subdomain } = pod.spec ?? {};
  return subdomain ? `${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : '';
}

/** hostsFile is the /etc/hosts of a pod on the pod network, as kubelet writes it. */
export function hostsFile(pod: Pod, podIP: string, clusterDomain: string): string {
  const host = hostnameOf(pod);
  const domain = domainOf(pod, clusterDomain);
  const own = domain === '' ? `${podIP}\t${host}` : `${podIP}\t${host}.${domain}\t${host}`;
  const lines = ['# Kubernetes-managed hosts file.', ...LOCAL, own, ...aliasLines(pod)];
  return `${lines.join('\n')}\n`;
}

/** hostNetworkHostsFile is the node's own /etc/hosts with the pod's aliases. */
export function hostNetworkHostsFile(pod: Pod, nodeHosts: string): string {
  const aliases = aliasLines(pod);
  const tail = aliases.length === 0 ? '' : `${aliases.join('\n')}\n`;
  return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${tail}`;
}
