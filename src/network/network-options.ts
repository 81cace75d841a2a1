import type { Informers, Logger } from '../controller-kit/controller.ts';

/**
 * NetworkOptions are what two instances on one machine must not share, and what the network works
 * with. Names and subnets have OpenShift's defaults.
 */
export interface NetworkOptions {
  readonly log: Logger;
  /** Where Services, EndpointSlices and Pods come from; without them there are only pod links. */
  readonly informers?: Informers | undefined;
  /** This node's part of the cluster network. Default 10.128.0.0/23. */
  readonly podCidr?: string;
  /** Default 172.30.0.0/16. */
  readonly serviceCidr?: string;
  /** The host's address on the pod network. Default: the first of podCidr, 10.128.0.1. */
  readonly gateway?: string;
  /** The interface that carries the gateway address. Default sampan0. */
  readonly gatewayInterface?: string;
  /** How the host's ends of pod links begin, at most 8 letters. Default `sampan`. */
  readonly interfacePrefix?: string;
  /** The nftables table, family ip. Default `sampan`. */
  readonly tableName?: string;
  /** Default cluster.local. */
  readonly clusterDomain?: string;
  /** The domain of generated route hosts: pods get the gateway for it. Default apps.localhost. */
  readonly routeDomain?: string;
  /** The service address under which pods find DNS. Default 172.30.0.10. */
  readonly dnsServiceIP?: string;
  /** Where DNS listens; default the gateway address, port 53. Port 0 takes a free one. */
  readonly dnsListen?: { readonly host: string; readonly port: number } | undefined;
  /** Resolvers for names outside the cluster domain. Default: those of the host's resolv.conf. */
  readonly upstreamResolvers?: readonly string[] | undefined;
  /** How often the host's side is compared with what it must be, in ms. Default 10,000. */
  readonly checkIntervalMs?: number;
}

/** ResolvedNetworkOptions are NetworkOptions with every default filled in. */
export interface ResolvedNetworkOptions {
  readonly log: Logger;
  readonly informers: Informers | undefined;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly gateway: string;
  readonly gatewayInterface: string;
  readonly interfacePrefix: string;
  readonly tableName: string;
  readonly clusterDomain: string;
  readonly routeDomain: string;
  readonly dnsServiceIP: string;
  readonly dnsListen: { readonly host: string; readonly port: number };
  readonly upstreamResolvers: readonly string[] | undefined;
  readonly checkIntervalMs: number;
}
