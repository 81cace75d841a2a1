import { formatIPv4, parseIPv4 } from '../machinery/ip-address.ts';
import { parseCidr } from './ipv4.ts';
import type { NetworkOptions, ResolvedNetworkOptions } from './network-options.ts';

/**
 * resolveOptions fills in defaults and refuses what would fail on the host later: a TypeError names
 * the option and the value.
 */
export function resolveOptions(options: NetworkOptions): ResolvedNetworkOptions {
  const podCidr = options.podCidr ?? '10.128.0.0/23';
  const gateway = options.gateway ?? formatIPv4(parseCidr(podCidr).base + 1);
  const resolved: ResolvedNetworkOptions = {
    log: options.log,
    informers: options.informers,
    podCidr,
    serviceCidr: options.serviceCidr ?? '172.30.0.0/16',
    gateway,
    gatewayInterface: options.gatewayInterface ?? 'sampan0',
    interfacePrefix: options.interfacePrefix ?? 'sampan',
    tableName: options.tableName ?? 'sampan',
    clusterDomain: options.clusterDomain ?? 'cluster.local',
    routeDomain: options.routeDomain ?? 'apps.localhost',
    dnsServiceIP: options.dnsServiceIP ?? '172.30.0.10',
    dnsListen: options.dnsListen ?? { host: gateway, port: 53 },
    upstreamResolvers: options.upstreamResolvers,
    checkIntervalMs: options.checkIntervalMs ?? 10_000,
  };
  check(resolved);
  return resolved;
}

function check(options: ResolvedNetworkOptions): void {
  parseCidr(options.podCidr);
  parseCidr(options.serviceCidr);
  for (const field of ['gateway', 'dnsServiceIP'] as const) {
    if (parseIPv4(options[field]) === undefined) {
      throw new TypeError(`${field}: ${JSON.stringify(options[field])} is not an IPv4 address`);
    }
  }
  // Names go into commands for ip, nft and iptables: nothing but plain words may.
  mustMatch('interfacePrefix', options.interfacePrefix, /^[a-z][a-z0-9]{0,7}$/);
  mustMatch('gatewayInterface', options.gatewayInterface, /^[a-z][a-z0-9]{0,14}$/);
  mustMatch('tableName', options.tableName, /^[a-z][a-z0-9_]{0,30}$/);
}

function mustMatch(field: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value)) {
    throw new TypeError(`${field}: ${JSON.stringify(value)} does not match ${pattern.source}`);
  }
}
