import type { Answer, RecordType } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../apis/core/v1/types.ts';
import type { EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import type { ClusterRecords } from './cluster-records.ts';
import { answerCluster } from './cluster-zone.ts';

const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'p', name },
  spec,
});

const services: Record<string, Service> = {
  web: service('web', {
    clusterIP: '172.30.0.7',
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  }),
  db: service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
  empty: service('empty', { clusterIP: 'None' }),
  out: service('out', { type: 'ExternalName', externalName: 'www.example.com' }),
};

const dbSlice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'p', name: 'db-1', labels: { 'kubernetes.io/service-name': 'db' } },
  addressType: 'IPv4',
  ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
  endpoints: [
    { addresses: ['10.128.0.5'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.128.0.6'], conditions: { ready: true } },
    { addresses: ['10.128.0.9'], conditions: { ready: false } },
  ],
};

const records: ClusterRecords = {
  hasNamespace: (name) => name === 'p',
  service: (namespace, name) => (namespace === 'p' ? services[name] : undefined),
  slices: (_, name) => (name === 'db' ? [dbSlice] : []),
  servicesAt: (address) => Object.values(services).filter((one) => one.spec?.clusterIP === address),
  slicesAt: (address) =>
    dbSlice.endpoints?.some((one) => one.addresses.includes(address)) ? [dbSlice] : [],
  synced: async () => undefined,
};

const zone = {
  clusterDomain: 'cluster.local',
  podCidr: '10.128.0.0/23',
  serviceCidr: '172.30.0.0/16',
  routeDomain: 'apps.localhost',
  gateway: '10.128.0.1',
};

function show(record: Answer): string {
  if (record.type === 'SRV') {
    return `SRV ${record.data.weight} ${record.data.port} ${record.data.target}`;
  }
  return 'data' in record && typeof record.data === 'string'
    ? `${record.type} ${record.data}`
    : record.type;
}

function ask(type: RecordType, name: string): string {
  const answer = answerCluster({ type, name }, records, zone);
  if (answer === undefined) return 'elsewhere';
  if (answer.answers.length > 0) return answer.answers.map(show).join(', ');
  return `${answer.rcode} ${answer.authorities.map(show).join()}`;
}

describe('names of the cluster', () => {
  it.each<[string, RecordType, string, string]>([
    ['a service', 'A', 'web.p.svc.cluster.local', 'A 172.30.0.7'],
    ['a service in capitals', 'A', 'WEB.p.SVC.cluster.local', 'A 172.30.0.7'],
    ['a service that has no IPv6 address', 'AAAA', 'web.p.svc.cluster.local', 'NOERROR SOA'],
    ['a headless service', 'A', 'db.p.svc.cluster.local', 'A 10.128.0.5, A 10.128.0.6'],
    ['a headless service without endpoints', 'A', 'empty.p.svc.cluster.local', 'NXDOMAIN SOA'],
    ['a hostname', 'A', 'db-0.db.p.svc.cluster.local', 'A 10.128.0.5'],
    ['an endpoint', 'A', '10-128-0-6.db.p.svc.cluster.local', 'A 10.128.0.6'],
    ['an endpoint that is not ready', 'A', '10-128-0-9.db.p.svc.cluster.local', 'NXDOMAIN SOA'],
    ['a port', 'SRV', '_http._tcp.web.p.svc.cluster.local', 'SRV 100 80 web.p.svc.cluster.local'],
    [
      'a port of a headless service',
      'SRV',
      '_sql._tcp.db.p.svc.cluster.local',
      'SRV 50 5432 db-0.db.p.svc.cluster.local, SRV 50 5432 10-128-0-6.db.p.svc.cluster.local',
    ],
    ['a port of another protocol', 'SRV', '_http._udp.web.p.svc.cluster.local', 'NXDOMAIN SOA'],
    ['an external name', 'A', 'out.p.svc.cluster.local', 'CNAME www.example.com'],
    ['a pod', 'A', '1-2-3-4.p.pod.cluster.local', 'A 1.2.3.4'],
    ['no pod', 'A', 'web.p.pod.cluster.local', 'NXDOMAIN SOA'],
    ['no service', 'A', 'nosuch.p.svc.cluster.local', 'NXDOMAIN SOA'],
    ['no namespace', 'A', 'web.other.svc.cluster.local', 'NXDOMAIN SOA'],
    ['a namespace', 'A', 'p.svc.cluster.local', 'NOERROR SOA'],
    ['a searched name', 'A', 'example.com.p.svc.cluster.local', 'NXDOMAIN SOA'],
    ['the domain', 'A', 'cluster.local', 'NOERROR SOA'],
    ['the version', 'TXT', 'dns-version.cluster.local', 'TXT 1.1.0'],
    ['the address of a service', 'PTR', '7.0.30.172.in-addr.arpa', 'PTR web.p.svc.cluster.local'],
    ['an endpoint', 'PTR', '5.0.128.10.in-addr.arpa', 'PTR db-0.db.p.svc.cluster.local'],
    ['an unused pod address', 'PTR', '77.0.128.10.in-addr.arpa', 'NXDOMAIN SOA'],
    ['a foreign address', 'PTR', '8.8.8.8.in-addr.arpa', 'elsewhere'],
    ['the host of a route', 'A', 'web-p.apps.localhost', 'A 10.128.0.1'],
    ['the host of a route over IPv6', 'AAAA', 'web-p.apps.localhost', 'NOERROR SOA'],
    ['a foreign name', 'A', 'www.example.com', 'elsewhere'],
    ['a name that only ends alike', 'A', 'notcluster.local', 'elsewhere'],
  ])('%s: %s %s', (_, type, name, expected) => {
    expect(ask(type, name)).toBe(expected);
  });

  it('come with the addresses of service targets', () => {
    const question = { type: 'SRV', name: '_sql._tcp.db.p.svc.cluster.local' } as const;
    const additionals = answerCluster(question, records, zone)?.additionals ?? [];
    expect(additionals.map(show)).toEqual(['A 10.128.0.5', 'A 10.128.0.6']);
  });
});
