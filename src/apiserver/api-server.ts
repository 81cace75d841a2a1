import { randomUUID } from 'node:crypto';
import { newClient } from '../client/rest-client.ts';
import type { Transport } from '../client/transport.ts';
import type { Store } from '../storage/store.ts';
import { CacheHub } from './cache/cache-hub.ts';
import type { Admission, ApiClock, ApiLog, Authenticator, Authorizer } from './contracts.ts';
import { Dispatcher } from './endpoints/dispatcher.ts';
import { type ServedResource, serveDefinition } from './endpoints/served-resource.ts';
import { inProcessTransport } from './in-process-transport.ts';
import { DefinitionIndex } from './registry/definition-index.ts';
import type { Registry } from './registry/registry.ts';
import type { CoreAnswer, CoreRequest } from './request/core-request.ts';
import type { DefinitionDeps, ResourceDefinition, UserInfo } from './resource-definition.ts';

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
  readonly clock?: ApiClock;
  readonly log?: ApiLog;
  /** A random number in [0, 1); default Math.random. */
  readonly random?: () => number;
  readonly newUid?: () => string;
}

/** ApiServer is a running API server. */
export interface ApiServer {
  /** ready resolves when everything is loaded; requests before it wait for it. */
  ready(): Promise<void>;
  /** transportFor answers requests of this process on behalf of a user. */
  transportFor(user: UserInfo): Transport;
  /** close ends all watches and connections. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

const SYSTEM_CLOCK: ApiClock = {
  now: () => new Date(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const SILENT: ApiLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** newApiServer makes an API server; it begins to load its caches at once. */
export function newApiServer(options: ApiServerOptions): ApiServer {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const log = options.log ?? SILENT;
  let handle: (request: CoreRequest) => Promise<CoreAnswer> = () =>
    Promise.reject(new Error('the server is not made yet'));
  const transportFor = (user: UserInfo) => inProcessTransport((request) => handle(request), user);
  const definitions =
    typeof options.definitions === 'function'
      ? options.definitions({ client: newClient(transportFor(SERVER_USER)) })
      : options.definitions;
  const index = new DefinitionIndex(definitions);
  const stored = definitions.filter((one) => !one.storage).map((one) => one.type);
  const hub = new CacheHub(options.store, stored, log);
  const registry: Registry = {
    hub,
    admission: options.admission ?? [],
    log,
    random: options.random ?? Math.random,
    newUid: options.newUid ?? randomUUID,
  };
  const served = new Map<ResourceDefinition, ServedResource>(
    definitions.map((one) => [one, serveDefinition(registry, one)]),
  );
  const dispatcher = new Dispatcher({
    registry,
    authorizer: options.authorize,
    now: () => clock.now(),
    find(info) {
      const definition = index.find(info.group, info.version, info.resource);
      return definition && served.get(definition);
    },
    serveOther: async () => undefined,
  });
  const loading = hub.start();
  loading.catch((error: unknown) => log.error({ err: error }, 'loading from the store failed'));
  handle = async (request) => {
    await loading;
    return dispatcher.handle(request);
  };
  return {
    ready: () => loading,
    transportFor,
    async close() {
      hub.close();
    },
  };
}
