import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { newClient } from '../client/rest-client.ts';
import type { Transport } from '../client/transport.ts';
import type { Info } from '../machinery/meta/v1.ts';
import type { MetricSnapshot } from '../machinery/metrics/metric.ts';
import { MetricRegistry } from '../machinery/metrics/metric-registry.ts';
import { metricsText } from '../machinery/metrics/metrics-text.ts';
import type { Store } from '../storage/store.ts';
import { CacheHub } from './cache/cache-hub.ts';
import { type CacheReader, readerOf } from './cache/cache-reader.ts';
import { startChores } from './chores.ts';
import { SILENT_LOG, SYSTEM_CLOCK } from './clock.ts';
import type {
  Admission,
  ApiClock,
  ApiLog,
  Authenticator,
  Authorizer,
  OpenApiProvider,
} from './contracts.ts';
import type { DelegatedApi } from './delegation.ts';
import { Discovery } from './discovery/discovery.ts';
import { Dispatcher } from './endpoints/dispatcher.ts';
import type { FrontOptions } from './filters/front-chain.ts';
import { type FrontParts, newFront } from './front.ts';
import {
  type Connections,
  type Listener,
  type ListenOptions,
  newConnections,
  openListener,
  type TlsMaterial,
} from './http/http-listener.ts';
import { type Handle, inProcessTransport } from './in-process-transport.ts';
import { isStored, LiveDefinitions } from './live-definitions.ts';
import { AdmissionMetrics } from './metrics/admission-metrics.ts';
import { buildInfo } from './metrics/build-info.ts';
import { cacheMetrics, watchMetrics } from './metrics/cache-metrics.ts';
import { DeprecatedApis } from './metrics/deprecated-apis.ts';
import { forgetGone } from './metrics/forget-gone.ts';
import { LoginMetrics } from './metrics/login-metrics.ts';
import { StoreMetrics, storageMetrics } from './metrics/storage-metrics.ts';
import { WatchListMetrics } from './metrics/watch-list-metrics.ts';
import { Health, type HealthCheck } from './paths/health.ts';
import { serveOtherPath } from './paths/other-paths.ts';
import { DEFAULT_VERSION } from './paths/version.ts';
import { newAdmissionChain } from './registry/admission-chain.ts';
import type { Registry } from './registry/registry.ts';
import { Turns } from './registry/turns.ts';
import type { CoreRequest, CoreResponse } from './request/core-request.ts';
import { statusOf } from './request/failure.ts';
import type { RequestInfo } from './request/request-info.ts';
import type { DefinitionDeps, ResourceDefinition, UserInfo } from './resource-definition.ts';
import { ElsewhereError } from './threads/elsewhere.ts';
import { FrontTurns } from './threads/front-turns.ts';
import { type HandOverPlace, listenForHandedOver } from './threads/handed-listener.ts';
import { newThreadRule } from './threads/served-by-thread.ts';

/** SERVER_USER is the user as which the server's own definitions act. */
export const SERVER_USER: UserInfo = {
  name: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
};

/** ApiServerOptions is what an API server is made of. */
export interface ApiServerOptions {
  readonly store: Store;
  /** The resources, or a function that makes them from a client that acts as the server itself. */
  readonly definitions:
    | readonly ResourceDefinition[]
    | ((deps: DefinitionDeps) => readonly ResourceDefinition[]);
  readonly authenticate: Authenticator;
  readonly authorize: Authorizer;
  readonly admission?: readonly Admission[];
  readonly openapi?: OpenApiProvider;
  /** What `/version` answers. */
  readonly version?: Info;
  /** Checks beside `ping` and `etcd` for `/healthz`, `/livez` and `/readyz`. */
  readonly health?: readonly HealthCheck[];
  /** Serves paths that nothing else does, such as those of an OAuth server. */
  readonly morePaths?: (request: CoreRequest) => Promise<CoreResponse | undefined>;
  /** The part of the API that other servers serve. */
  readonly delegated?: DelegatedApi;
  /** Where the server counts; one that other parts of the program count in too. */
  readonly metrics?: MetricRegistry;
  /** What other threads have counted, to be added. */
  readonly moreMetrics?: () => Promise<readonly (readonly MetricSnapshot[])[]>;
  /** How the HTTP front limits, watches and records requests. */
  readonly front?: FrontOptions;
  readonly clock?: ApiClock;
  readonly log?: ApiLog;
  /** A random number in [0, 1); default Math.random. */
  readonly random?: () => number;
  readonly newUid?: () => string;
  /** How long history is kept for watches and paged lists. Default 5 minutes. */
  readonly compactAfterMs?: number;
  /** How often watches that ask for it get a bookmark. Default 1 minute. */
  readonly bookmarkEveryMs?: number;
  /** Makes it a front of the server of the main thread. */
  readonly frontOf?: FrontOf;
}

/** FrontOf makes a server a front thread's: it serves what it can, and hands over the rest. */
export interface FrontOf {
  readonly place: HandOverPlace;
  /** Brings the caches up to what is durable; called before each request. */
  catchUp(): void;
}

/** ApiServer is a running API server. */
export interface ApiServer {
  readonly metrics: MetricRegistry;
  readonly cache: CacheReader;
  /** ready resolves when everything is loaded; requests before it wait for it. */
  ready(): Promise<void>;
  /** definitions are those that are served now; another array after every change. */
  definitions(): readonly ResourceDefinition[];
  /**
   * replaceDefinitions serves the definitions of an owner in place of those that it had (none
   * removes them), and resolves when that is so. Objects in the store stay.
   */
  replaceDefinitions(owner: string, definitions: readonly ResourceDefinition[]): Promise<void>;
  /** transportFor answers requests of this process on behalf of a user. */
  transportFor(user: UserInfo): Transport;
  /**
   * listen opens a port; there may be several. `takes` is asked about each connection: true when it
   * is served elsewhere.
   */
  listen(options: ListenOptions, takes?: (socket: Socket) => boolean): Promise<Listener>;
  /** connections serves HTTP over TLS on connections that somebody else accepted. */
  connections(tls: TlsMaterial): Connections;
  /** listenForHandedOver serves what front threads hand over; the answer ends that. */
  listenForHandedOver(place: HandOverPlace): Promise<() => Promise<void>>;
  /** watchCount is how many watches of stored resources are open. */
  watchCount(): number;
  /** beginShutdown makes `/readyz` fail, so that clients go elsewhere; requests are still served. */
  beginShutdown(): void;
  /** close ends all watches and connections. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

/** newApiServer makes an API server; it begins to load its caches at once. */
export function newApiServer(options: ApiServerOptions): ApiServer {
  const core = newCore(options);
  const { hub, live, health, metrics, loading, transportFor } = core;
  countStored(options, core);
  const front = newFront({
    ...options,
    ...core,
    options: options.front ?? {},
    handOver: handOverOf(options, core),
    isServed: (info) => isServed(live, info),
    definitionOf: ({ group, version, resource }) =>
      live.served.find(group, version, resource)?.definition,
  });
  const chores = startChores({ ...options, ...core, compacts: options.frontOf === undefined });
  const listeners = new Set<Listener>();
  return {
    metrics,
    cache: readerOf(hub),
    ready: () => loading,
    definitions: () => live.all,
    async replaceDefinitions(owner, replacing) {
      await loading;
      forgetGone(metrics, await live.replace(owner, replacing), live.all);
    },
    transportFor,
    watchCount: () => hub.watchCount,
    connections: (tls) => newConnections(front, tls),
    listenForHandedOver: (place) => listenForHandedOver(front, place),
    async listen(listenOptions, takes) {
      const listener = await openListener(front, listenOptions, takes);
      listeners.add(listener);
      return listener;
    },
    beginShutdown: () => health.beginShutdown(),
    async close() {
      health.beginShutdown();
      chores.stop();
      hub.close();
      await Promise.all([...listeners].map((one) => one.close()));
    },
  };
}

type Core = ReturnType<typeof newCore>;

/** newCore makes what serves requests, without the ports. */
function newCore(options: ApiServerOptions) {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const log = options.log ?? SILENT_LOG;
  const transportFor = (user: UserInfo) => inProcessTransport((request) => handle(request), user);
  const definitions =
    typeof options.definitions === 'function'
      ? options.definitions({ client: newClient(transportFor(SERVER_USER)) })
      : options.definitions;
  const stored = definitions.filter(isStored).map((one) => one.type);
  const metrics = options.metrics ?? new MetricRegistry();
  const storeMetrics = new StoreMetrics(metrics);
  const hub = new CacheHub(options.store, stored, log, (report) => storeMetrics.written(report));
  const registry = newRegistry(options, {
    log,
    hub,
    metrics,
    versionsOf: (one) => live.versionsOf(one),
  });
  const live: LiveDefinitions = new LiveDefinitions(registry, definitions);
  const logins = new LoginMetrics(metrics);
  const health = newHealth(options, log);
  const dispatcher = newDispatcher(options, { clock, registry, live, metrics, health, logins });
  const loading = hub.start();
  loading.catch((error: unknown) => log.error({ err: error }, 'loading from the store failed'));
  const handle: Handle = handleWhenLoaded(options, { dispatcher, loading, log });
  return { clock, log, hub, live, metrics, logins, health, loading, handle, transportFor };
}

/** handleWhenLoaded answers requests in the words of the API, once there is something to answer. */
function handleWhenLoaded(
  { frontOf }: ApiServerOptions,
  parts: {
    readonly dispatcher: Dispatcher;
    readonly loading: Promise<void>;
    readonly log: ApiLog;
  },
): Handle {
  const { dispatcher, loading, log } = parts;
  let loaded = false;
  return async (request) => {
    if (!loaded) {
      await loading;
      loaded = true;
    }
    frontOf?.catchUp();
    try {
      return await dispatcher.handle(request);
    } catch (error) {
      if (error instanceof ElsewhereError) throw error;
      throw statusOf(error, { log, what: `${request.method} ${request.path}` });
    }
  };
}

/** handOverOf says what a front thread leaves to the main thread; undefined: this is that one. */
function handOverOf({ frontOf }: ApiServerOptions, { live, hub }: Core): FrontParts['handOver'] {
  if (!frontOf) return undefined;
  const servedByThread = newThreadRule(live.served, hub);
  return { place: frontOf.place, takes: (request) => !servedByThread(request) };
}

function countStored({ frontOf, version }: ApiServerOptions, { metrics, hub }: Core): void {
  watchMetrics(metrics, hub);
  // What all threads see alike is told by the main thread.
  if (frontOf) return;
  storageMetrics(metrics, hub);
  cacheMetrics(metrics, hub);
  buildInfo(metrics, version ?? DEFAULT_VERSION);
}

function newRegistry(
  options: ApiServerOptions,
  {
    metrics,
    ...parts
  }: Pick<Registry, 'log' | 'hub' | 'versionsOf'> & {
    readonly metrics: MetricRegistry;
  },
): Registry {
  return {
    ...parts,
    watchLists: new WatchListMetrics(metrics),
    turns: options.frontOf ? new FrontTurns() : new Turns(),
    admission: newAdmissionChain(options.admission ?? [], new AdmissionMetrics(metrics)),
    random: options.random ?? Math.random,
    newUid: options.newUid ?? randomUUID,
  };
}

interface Parts {
  readonly clock: ApiClock;
  readonly registry: Registry;
  readonly live: LiveDefinitions;
  readonly metrics: MetricRegistry;
  readonly logins: LoginMetrics;
  readonly health: Health;
}

function isServed(live: LiveDefinitions, { group, version, resource, subresource }: RequestInfo) {
  const served = live.served.find(group, version, resource);
  if (!served || subresource === '') return served !== undefined;
  return Object.hasOwn(served.definition.subresources ?? {}, subresource);
}

function newDispatcher(options: ApiServerOptions, parts: Parts): Dispatcher {
  const { clock, registry, live, metrics, health, logins } = parts;
  const other = {
    discovery: new Discovery(() => live.served.all, options.delegated),
    health,
    metrics: async () =>
      metricsText([metrics.snapshot(), ...((await options.moreMetrics?.()) ?? [])]),
    version: options.version ?? DEFAULT_VERSION,
    openapi: options.openapi,
    more: options.morePaths ?? (async () => undefined),
  };
  return new Dispatcher({
    registry,
    authorizer: logins.authorizer(options.authorize),
    clock,
    deprecated: new DeprecatedApis(metrics),
    delegated: options.delegated,
    find: ({ group, version, resource }) => live.served.find(group, version, resource),
    hasGroup: (group) =>
      live.served.all.some(
        ({ definition }) => definition.type.group === group && !definition.structure,
      ),
    serveOther: (request) => serveOtherPath(other, request),
  });
}

function newHealth(options: ApiServerOptions, log: ApiLog): Health {
  const checks: HealthCheck[] = [
    { name: 'ping', check: async () => undefined },
    { name: 'log', check: async () => undefined },
    {
      name: 'etcd',
      async check() {
        await options.store.currentRevision();
      },
    },
    {
      name: 'etcd-readiness',
      endpoints: ['readyz'],
      async check() {
        await options.store.currentRevision();
      },
    },
    ...(options.health ?? []),
  ];
  // While the server starts, checks fail for a while: that is asked often, and no fault.
  const tell = (check: string, error: unknown) =>
    log.info(
      { check, reason: error instanceof Error ? error.message : String(error) },
      'unhealthy',
    );
  return new Health(checks, tell);
}
