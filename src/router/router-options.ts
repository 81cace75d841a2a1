import type { Client } from '../client/client.ts';
import type { Clock, Informers, Logger } from '../controller-kit/controller.ts';

/** RouterOptions are what two routers on one machine must not share, and what one works with. */
export interface RouterOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where configuration, maps and sockets are; the router owns it. At most 80 letters. */
  readonly dir: string;
  /** Default `apps.localhost`. */
  readonly domain?: string;
  /** The name under which it signs routes. Default `default`. */
  readonly name?: string;
  /** Ports for HTTP, the first free one is taken. Default 80, 8080. */
  readonly httpPorts?: readonly number[];
  /** Ports for HTTPS, likewise. Default 443, 8444. Used with `certificatePem`. */
  readonly httpsPorts?: readonly number[];
  /** Where to listen. Default: every address. */
  readonly hosts?: readonly string[];
  /** Certificate, chain and key for hosts without their own; without it there is no HTTPS. */
  readonly certificatePem?: string | undefined;
  /** The program. Default `haproxy`. */
  readonly haproxy?: string;
  /** How often the process is looked after, in ms. Default 2,000. */
  readonly checkIntervalMs?: number;
}

/** Ports are where a router listens. */
export interface Ports {
  readonly http: number;
  readonly https: number | undefined;
}
