import type { Answer, SrvAnswer, StringAnswer } from 'dns-packet';

/** TTL_SECONDS is how long a client may keep an answer about the cluster, as in CoreDNS. */
export const TTL_SECONDS = 5;

/** DnsAnswer is what to reply to one question. */
export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'NOTIMP';
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

/** RCODES are the numbers of the reply codes in use. */
export const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const satisfies Record<
  DnsAnswer['rcode'],
  number
>;

/** stringRecord makes an A, CNAME or PTR record. */
export function stringRecord(
  type: 'A' | 'CNAME' | 'PTR',
  name: string,
  data: string,
): StringAnswer {
  return { type, name, ttl: TTL_SECONDS, class: 'IN', data };
}

/** srvRecord makes a SRV record; the weight spreads clients evenly over `count` targets. */
export function srvRecord(
  name: string,
  target: { readonly host: string; readonly port: number },
  count: number,
): SrvAnswer {
  const weight = Math.floor(100 / count);
  const data = { priority: 0, weight, port: target.port, target: target.host };
  return { type: 'SRV', name, ttl: TTL_SECONDS, class: 'IN', data };
}

/** soaRecord is the authority of the cluster domain; negative answers carry it. */
export function soaRecord(domain: string): Answer {
  return {
    type: 'SOA',
    name: domain,
    ttl: TTL_SECONDS,
    class: 'IN',
    data: {
      mname: `ns.dns.${domain}`,
      rname: `hostmaster.${domain}`,
      serial: 1,
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: TTL_SECONDS,
    },
  };
}

/** found is a positive answer. */
export function found(answers: readonly Answer[], additionals: readonly Answer[] = []): DnsAnswer {
  return { rcode: 'NOERROR', answers, authorities: [], additionals };
}

/** noData says that the name exists, but not with this type. */
export function noData(domain: string): DnsAnswer {
  return { rcode: 'NOERROR', answers: [], authorities: [soaRecord(domain)], additionals: [] };
}

/** noSuchName says that the name does not exist. */
export function noSuchName(domain: string): DnsAnswer {
  return { rcode: 'NXDOMAIN', answers: [], authorities: [soaRecord(domain)], additionals: [] };
}
