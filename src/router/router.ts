import { networkInterfaces } from 'node:os';
import type { Controller } from '../controller-kit/controller.ts';
import { newClaimController } from './claims/claim-controller.ts';
import { DataPlane } from './data-plane.ts';
import { newPlanController } from './plan-controller.ts';
import type { Ports, RouterOptions } from './router-options.ts';

/** Router serves routes. */
export interface Router {
  /** controllers admit routes and bring HAProxy to serve them. Run them by a manager after start. */
  readonly controllers: readonly Controller[];
  /** ports are where it listens; undefined before start. */
  readonly ports: Ports | undefined;
  /** start adopts the HAProxy of an earlier process, or starts one. Throws when no port is free. */
  start(): Promise<void>;
  /** stop ends what runs in this process; HAProxy goes on serving what it was told last. */
  stop(): Promise<void>;
  /** shutDown stops and ends HAProxy; its directory stays. */
  shutDown(): Promise<void>;
  /** purge shuts down and leaves nothing. */
  purge(): Promise<void>;
}

/** newRouter makes a Router; nothing runs before start. */
export function newRouter(options: RouterOptions): Router {
  const { client, informers, clock, log, domain = 'apps.localhost', name = 'default' } = options;
  const plane = new DataPlane({
    dir: options.dir,
    log,
    hosts: options.hosts ?? everyAddress(),
    httpPorts: options.httpPorts ?? [80, 8080],
    httpsPorts: options.httpsPorts ?? [443, 8444],
    certificatePem: options.certificatePem,
    haproxy: options.haproxy ?? 'haproxy',
  });
  const identity = { name, canonicalHostname: `router-${name}.${domain}` };
  const care = newCare(plane, options);
  return {
    controllers: [
      newClaimController({ client, informers, clock, domain, router: identity }),
      newPlanController(informers, domain, (routes) => plane.apply(routes)),
    ],
    get ports() {
      return plane.ports;
    },
    async start() {
      await plane.start();
      care.begin();
    },
    stop: () => care.end(),
    async shutDown() {
      await care.end();
      await plane.shutDown();
    },
    async purge() {
      await care.end();
      await plane.purge();
    },
  };
}

/** Care looks after the process: a HAProxy that died is started again. */
function newCare(plane: DataPlane, { log, checkIntervalMs = 2_000 }: RouterOptions) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const look = () => {
    running = plane
      .ensure()
      .catch((error) => log.error({ error }, 'cannot keep HAProxy running'))
      .then(() => {
        if (timer !== undefined) plan();
      });
  };
  const plan = () => {
    timer = setTimeout(look, checkIntervalMs);
    timer.unref();
  };
  return {
    begin: plan,
    async end() {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}

function everyAddress(): readonly string[] {
  const all = Object.values(networkInterfaces()).flat();
  const hasIpv6 = all.some((one) => one?.family === 'IPv6');
  return hasIpv6 ? ['0.0.0.0', '::'] : ['0.0.0.0'];
}
