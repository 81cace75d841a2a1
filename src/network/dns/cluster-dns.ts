import type { Informers, Logger } from '../../controller-kit/controller.ts';
import { newClusterRecords } from './cluster-records.ts';
import type { ZoneOptions } from './cluster-zone.ts';
import { DnsServer } from './dns-server.ts';
import { newDnsService } from './dns-service.ts';
import { Forwarder } from './forwarder.ts';
import { newHostResolvers, parseResolver, type Resolver } from './resolvers.ts';

/** ClusterDnsOptions are what cluster DNS answers from and where. */
export interface ClusterDnsOptions extends ZoneOptions {
  readonly informers: Informers;
  readonly log: Logger;
  readonly dnsListen: { readonly host: string; readonly port: number };
  readonly dnsServiceIP: string;
  readonly upstreamResolvers: readonly string[] | undefined;
}

/** ClusterDns is the DNS server of the cluster. */
export interface ClusterDns {
  /** start listens and tells the port. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

/** Three silent resolvers take less than the 5 s after which a client asks again. */
const RESOLVER_TIMEOUT_MS = 1_500;

/** newClusterDns makes a ClusterDns; it does not listen before start. Throws on bad resolvers. */
export function newClusterDns(options: ClusterDnsOptions): ClusterDns {
  const records = newClusterRecords(options.informers);
  const forwarder = new Forwarder({
    resolvers: withoutSelf(resolversOf(options.upstreamResolvers), options),
    now: Date.now,
    timeoutMs: RESOLVER_TIMEOUT_MS,
  });
  let ready = false;
  const handle = newDnsService({
    records,
    forward: (query) => forwarder.forward(query),
    zone: options,
    ready: () => ready,
  });
  const server = new DnsServer(handle, options.log);
  return {
    async start() {
      const { host, port } = options.dnsListen;
      const chosen = await server.listen(host, port);
      records.synced().then(
        () => {
          ready = true;
        },
        (error) => options.log.error({ error }, 'cluster DNS has no records'),
      );
      return chosen;
    },
    stop: () => server.close(),
  };
}

function resolversOf(texts: readonly string[] | undefined): () => Promise<readonly Resolver[]> {
  if (texts === undefined) return newHostResolvers();
  const resolvers = texts.map((text) => {
    const resolver = parseResolver(text);
    if (resolver === undefined) {
      throw new TypeError(`upstreamResolvers: ${JSON.stringify(text)} is not an address`);
    }
    return resolver;
  });
  return async () => resolvers;
}

/** A host that uses this very server as its resolver must not make it ask itself. */
function withoutSelf(
  resolvers: () => Promise<readonly Resolver[]>,
  { dnsListen, dnsServiceIP }: ClusterDnsOptions,
): () => Promise<readonly Resolver[]> {
  const self = (one: Resolver) =>
    (one.host === dnsListen.host && one.port === dnsListen.port) ||
    (one.host === dnsServiceIP && one.port === 53);
  return async () => (await resolvers()).filter((one) => !self(one));
}
