import type { Answer, Question } from 'dns-packet';
import type { Service } from '../../apis/core/v1/types.ts';
import type { Endpoint, EndpointSlice } from '../../apis/discovery.k8s.io/v1/types.ts';
import { parseIPv4 } from '../../machinery/ip-address.ts';
import type { ClusterRecords } from './cluster-records.ts';
import {
  type DnsAnswer,
  found,
  noData,
  noSuchName,
  srvRecord,
  stringRecord,
} from './dns-answer.ts';

interface Zone {
  readonly records: ClusterRecords;
  readonly domain: string;
}

interface Target {
  readonly host: string;
  readonly address: string;
}

interface PortTarget extends Target {
  readonly port: number;
}

interface ServiceQuestion {
  readonly question: Question;
  readonly service: Service;
  /** The service's full name. */
  readonly base: string;
  /** What stands before it: nothing, `host`, or `_port` and `_proto`. */
  readonly before: readonly string[];
  readonly zone: Zone;
}

/** answerService answers `[host.|_port._proto.]NAME.NS.svc.DOMAIN`. */
export function answerService(
  question: Question,
  asked: { readonly namespace: string; readonly labels: readonly string[] },
  zone: Zone,
): DnsAnswer {
  const name = asked.labels.at(-1) ?? '';
  const service = zone.records.service(asked.namespace, name);
  const before = asked.labels.slice(0, -1);
  if (service === undefined || before.length > 2) return noSuchName(zone.domain);
  const base = `${name}.${asked.namespace}.svc.${zone.domain}`;
  const subject: ServiceQuestion = { question, service, base, before, zone };
  if (service.spec?.type === 'ExternalName') return answerExternal(subject);
  if (before.length === 2) return answerPorts(subject);
  const targets = targetsOf(subject).filter(
    (one) => before.length === 0 || one.host === `${before[0]}.${base}`,
  );
  return answerTargets(subject, targets);
}

function answerExternal({ question, service, before, zone }: ServiceQuestion): DnsAnswer {
  const target = service.spec?.externalName;
  if (before.length > 0 || !target) return noSuchName(zone.domain);
  if (!['A', 'AAAA', 'CNAME'].includes(question.type)) return noData(zone.domain);
  return found([stringRecord('CNAME', question.name, target)]);
}

function answerTargets(subject: ServiceQuestion, targets: readonly Target[]): DnsAnswer {
  const { question, before, zone } = subject;
  if (targets.length === 0) return noSuchName(zone.domain);
  if (question.type === 'SRV' && before.length === 0) return srv(subject, portTargets(subject));
  if (question.type !== 'A') return noData(zone.domain);
  const addresses = new Set(targets.map((one) => one.address));
  return found([...addresses].map((one) => stringRecord('A', question.name, one)));
}

function answerPorts(subject: ServiceQuestion): DnsAnswer {
  const [port = '', protocol = ''] = subject.before;
  if (!port.startsWith('_') || !/^_(tcp|udp|sctp)$/.test(protocol)) {
    return noSuchName(subject.zone.domain);
  }
  const targets = portTargets(subject, { port: port.slice(1), protocol: protocol.slice(1) });
  if (targets.length === 0) return noSuchName(subject.zone.domain);
  return subject.question.type === 'SRV' ? srv(subject, targets) : noData(subject.zone.domain);
}

function srv({ question }: ServiceQuestion, targets: readonly PortTarget[]): DnsAnswer {
  const answers = targets.map((one) => srvRecord(question.name, one, targets.length));
  const additionals = new Map<string, Answer>();
  for (const { host, address } of targets) {
    additionals.set(`${host} ${address}`, stringRecord('A', host, address));
  }
  return found(answers, [...additionals.values()]);
}

function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

function clusterAddresses(service: Service): readonly string[] {
  const { clusterIP, clusterIPs } = service.spec ?? {};
  const all = clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
  return all.filter((one) => parseIPv4(one) !== undefined);
}

/** targetsOf are the service's own address, or its endpoints' when it is headless or one is named. */
function targetsOf({ service, base, before, zone }: ServiceQuestion): readonly Target[] {
  if (before.length === 0 && !isHeadless(service)) {
    return clusterAddresses(service).map((address) => ({ host: base, address }));
  }
  return slicesOf(service, zone).flatMap((slice) => endpointTargets(slice, base));
}

function portTargets(
  { service, base, zone }: ServiceQuestion,
  wanted?: { readonly port: string; readonly protocol: string },
): readonly PortTarget[] {
  const matches = (port: { name?: string; protocol?: string }) =>
    wanted === undefined ||
    (port.name === wanted.port && (port.protocol ?? 'TCP').toLowerCase() === wanted.protocol);
  if (!isHeadless(service)) {
    const ports = (service.spec?.ports ?? []).filter(matches);
    return clusterAddresses(service).flatMap((address) =>
      ports.map(({ port }) => ({ host: base, address, port })),
    );
  }
  return slicesOf(service, zone).flatMap((slice) => {
    const ports = (slice.ports ?? []).filter(matches).flatMap(({ port }) => port ?? []);
    return endpointTargets(slice, base).flatMap((target) =>
      ports.map((port) => ({ ...target, port })),
    );
  });
}

function slicesOf(service: Service, { records }: Zone): readonly EndpointSlice[] {
  const { namespace = '', name = '' } = service.metadata;
  return records.slices(namespace, name).filter((one) => one.addressType === 'IPv4');
}

function endpointTargets(slice: EndpointSlice, base: string): readonly Target[] {
  const ready = (slice.endpoints ?? []).filter((one) => one.conditions?.ready !== false);
  return ready.flatMap((endpoint) =>
    endpoint.addresses.map((address) => ({
      host: `${endpointLabel(endpoint, address)}.${base}`,
      address,
    })),
  );
}

/** endpointLabel is an endpoint's own name below its service: its hostname, else its address. */
export function endpointLabel(endpoint: Endpoint, address: string): string {
  return endpoint.hostname?.toLowerCase() || address.replaceAll('.', '-');
}
