import type { Question, TxtAnswer } from 'dns-packet';
import { formatIPv4, parseIPv4 } from '../../machinery/ip-address.ts';
import { cidrContains, parseCidr } from '../ipv4.ts';
import type { ClusterRecords } from './cluster-records.ts';
import {
  type DnsAnswer,
  found,
  noData,
  noSuchName,
  soaRecord,
  stringRecord,
  TTL_SECONDS,
} from './dns-answer.ts';
import { answerAddress } from './reverse-zone.ts';
import { answerService } from './service-names.ts';

/** ZoneOptions say for which names and addresses this server is the authority. */
export interface ZoneOptions {
  readonly clusterDomain: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** Hosts of routes end in this; pods reach the router at the gateway. */
  readonly routeDomain: string;
  readonly gateway: string;
}

/**
 * answerCluster answers a question about the cluster by the DNS specification of Kubernetes
 * (version 1.1.0), with CoreDNS' behaviour where that leaves a choice; undefined when the name is
 * not the cluster's, and has to be asked elsewhere.
 */
export function answerCluster(
  question: Question,
  records: ClusterRecords,
  options: ZoneOptions,
): DnsAnswer | undefined {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const domain = options.clusterDomain;
  if (name === domain) return answerApex(question, domain);
  if (name.endsWith(`.${domain}`)) {
    const labels = name.slice(0, -domain.length - 1).split('.');
    return answerLabels(question, labels, { records, domain });
  }
  if (name.endsWith(`.${options.routeDomain}`)) {
    if (question.type !== 'A') return noData(options.routeDomain);
    return found([stringRecord('A', question.name, options.gateway)]);
  }
  if (name.endsWith('.in-addr.arpa')) return answerReverse(question, name, records, options);
  return undefined;
}

interface Zone {
  readonly records: ClusterRecords;
  readonly domain: string;
}

function answerApex(question: Question, domain: string): DnsAnswer {
  return question.type === 'SOA' ? found([soaRecord(domain)]) : noData(domain);
}

function answerLabels(question: Question, labels: readonly string[], zone: Zone): DnsAnswer {
  const kind = labels.at(-1);
  const namespace = labels.at(-2);
  if (labels.length === 1 && kind === 'dns-version') return answerVersion(question, zone);
  if (kind !== 'svc' && kind !== 'pod') return noSuchName(zone.domain);
  if (namespace === undefined) return noData(zone.domain);
  if (!zone.records.hasNamespace(namespace)) return noSuchName(zone.domain);
  const rest = labels.slice(0, -2);
  if (rest.length === 0) return noData(zone.domain);
  return kind === 'pod'
    ? answerPod(question, rest, zone)
    : answerService(question, { namespace, labels: rest }, zone);
}

function answerVersion(question: Question, { domain }: Zone): DnsAnswer {
  if (question.type !== 'TXT') return noData(domain);
  const { name } = question;
  const record: TxtAnswer = { type: 'TXT', name, ttl: TTL_SECONDS, class: 'IN', data: '1.1.0' };
  return found([record]);
}

/** `1-2-3-4.NS.pod` is 1.2.3.4 whether or not there is such a pod, as OpenShift configures it. */
function answerPod(question: Question, labels: readonly string[], { domain }: Zone): DnsAnswer {
  const [label = ''] = labels;
  const address = label.replaceAll('-', '.');
  if (labels.length !== 1 || parseIPv4(address) === undefined) return noSuchName(domain);
  return question.type === 'A'
    ? found([stringRecord('A', question.name, address)])
    : noData(domain);
}

function answerReverse(
  question: Question,
  name: string,
  records: ClusterRecords,
  options: ZoneOptions,
): DnsAnswer | undefined {
  const reversed = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
  const address = parseIPv4(reversed);
  if (address === undefined) return undefined;
  const names = answerAddress(formatIPv4(address), records, options.clusterDomain);
  if (names.length > 0) {
    if (question.type !== 'PTR') return noData(options.clusterDomain);
    return found(names.map((one) => stringRecord('PTR', question.name, one)));
  }
  const ours = [options.podCidr, options.serviceCidr].map(parseCidr);
  const inside = ours.some((cidr) => cidrContains(cidr, address));
  return inside ? noSuchName(options.clusterDomain) : undefined;
}
