import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { newOpenApi } from '../../apis/openapi/openapi.ts';
import { ensureLegacyTokenTracking } from '../../apiserver/access/legacy-token-tracking.ts';
import { ensurePki, FRONT_PROXY, type Pki } from '../../apiserver/access/pki.ts';
import { ensureBootstrapPolicy } from '../../apiserver/access/reconcile-policy.ts';
import { type ApiServer, SERVER_USER } from '../../apiserver/api-server.ts';
import { keepFlowControl } from '../../apiserver/flowcontrol/flow-control-keeper.ts';
import { CertificateMetrics } from '../../apiserver/metrics/certificate-metrics.ts';
import {
  eventLoopMetrics,
  heapMetrics,
  processMetrics,
} from '../../apiserver/metrics/process-metrics.ts';
import type { ConnectRequest } from '../../apiserver/resource-definition.ts';
import type { Client } from '../../client/client.ts';
import { clientAs } from '../../client/client-as.ts';
import { newClient } from '../../client/rest-client.ts';
import type { ApiBody } from '../../client/transport.ts';
import type { Clock, Logger } from '../../controller-kit/controller.ts';
import { newInformers, type RunningInformers } from '../../controller-kit/informers.ts';
import type { MeterOf } from '../../controller-kit/work-queue.ts';
import type { Engine } from '../../engine/engine.ts';
import { ensureAuthenticationConfig } from '../../extension/aggregation/authentication-config.ts';
import { type Extensions, newExtensions } from '../../extension/extensions.ts';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { newServiceUnavailable } from '../../machinery/status-error.ts';
import { newEncryptedStore } from '../../storage/encryption/encrypted-store.ts';
import { openLmdbStore } from '../../storage/lmdb/lmdb-store.ts';
import type { Store } from '../../storage/store.ts';
import type { ApiFlags } from '../platform/api-flags.ts';
import type { Paths } from '../platform/paths.ts';
import type { Access } from './access.ts';
import { readAccessFiles } from './access-files.ts';
import { readAdmissionSettings } from './admission-configuration.ts';
import { releaseAfterLoad } from './after-load.ts';
import { type Api, type ApiParts, newApi } from './api.ts';
import { ApiThreads } from './api-threads.ts';
import { serverVersion } from './build-facts.ts';
import { ClientMetrics } from './client-metrics.ts';
import { readDescriptions } from './descriptions.ts';
import { type Encryption, encryptionFlags, newEncryption, openKeyring } from './encryption.ts';
import { readFrontOptions } from './front-options.ts';
import type { ImageSettings } from './image-settings.ts';
import { LateTransport } from './late-transport.ts';
import { OpenPorts } from './open-ports.ts';
import { ensurePriorityClasses } from './priority-classes.ts';
import { queueMetrics } from './queue-metrics.ts';
import { ensureServiceRange } from './service-range.ts';
import { StartSteps, startChecks } from './start-checks.ts';
import { storeSizeMetric } from './store-size.ts';

/** NodeConnection is a node agent as the API server reaches it. */
export interface NodeConnection {
  connect(path: string, request: ConnectRequest): Promise<ApiBody | undefined>;
}

/** ControlPlane is the API server with everything that stands on it. */
export interface ControlPlane {
  readonly server: ApiServer;
  readonly client: Client;
  readonly informers: RunningInformers;
  readonly access: Access;
  readonly quotaUsage: Api['quotaUsage'];
  readonly pki: Pki;
  readonly store: Store;
  readonly encryption: Encryption;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MetricRegistry;
  /** Measures the queues of controllers. */
  readonly meterOf: MeterOf;
  /** Node agents by node name; requests to pods of other nodes answer 503. */
  readonly nodes: Map<string, NodeConnection>;
  readonly extensions: Extensions;
  /** Which parts of the start are done. */
  readonly steps: StartSteps;
  /** listen serves the API on one more address. */
  listen(host: string, port: number): Promise<void>;
  /** startThreads starts the front threads, which run a program, and resolves when they serve. */
  startThreads(program: URL): Promise<void>;
  close(): Promise<void>;
}

/** ControlPlaneOptions: `gateway` is the address under which pods reach the API. */
export interface ControlPlaneOptions {
  readonly paths: Paths;
  readonly gateway: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly images: ImageSettings;
  /** Images that it has may be named in imports while their registry does not answer. */
  readonly engine: Engine;
  readonly flags?: ApiFlags;
}

/** ROUTE_DOMAIN is below which routes get their hosts: browsers resolve it to this machine. */
export const ROUTE_DOMAIN = 'apps.localhost';

const API_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'openshift',
  'openshift.default',
  'openshift.default.svc',
  'openshift.default.svc.cluster.local',
];

/** startControlPlane opens the store and serves the API in this process; listen opens its ports. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { paths, clock, log } = options;
  const admissionSettings = await readAdmissionSettings(options.flags ?? {});
  const currentPki = pkiOf(options);
  const threads = new ApiThreads(options.flags ?? {});
  const { raw, store, pki, flags, encryption } = await openState(options, threads, currentPki);
  const counted = newMetrics(paths);
  const { metrics, meterOf } = counted;
  const accessFiles = await readAccessFiles(pki, flags, { metrics, log, now: () => clock.now() });
  const front = await readFront(flags, threads, log);
  const late = new LateTransport(new ClientMetrics(metrics));
  const client = clientAs('kube-apiserver', newClient(late));
  const informers = newInformers(client, { log, clock });
  const nodes = new Map<string, NodeConnection>();
  const steps = new StartSteps();
  const extensions = newExtensions({
    ...counted,
    server: () => server,
    client,
    informers,
    clock,
    log,
    frontProxy: () => ports.pki.frontProxy.client,
  });
  const parts = { store, client, nodes, extensions };
  const api = newPlatformApi(options, {
    ...counted,
    ...accessFiles,
    ...parts,
    pki,
    admissionSettings,
    front,
    moreMetrics: () => threads.metrics(),
    health: startChecks({ steps, server: () => server, informers: () => informers }),
  });
  const { server, access, quotaUsage } = api;
  late.resolve(server.transportFor(SERVER_USER));
  const { clientCaPem } = accessFiles.credentials;
  const ports = new OpenPorts(pki, { server, threads, late, clientCaPem, currentPki, log });
  await steps.run('start-apiextensions-controllers', () => extensions.load());
  const endRelease = releaseAfterLoad();
  const ofThreads = {
    log,
    flags,
    admissionSettings,
    server,
    store: raw,
    storeDirectory: paths.store,
  };
  const known = { server, access, quotaUsage, informers, clock, log, metrics, meterOf, steps };
  return {
    ...parts,
    ...known,
    encryption,
    get pki() {
      return ports.pki;
    },
    listen: (host, port) => ports.listen(host, port),
    startThreads: (program) =>
      threads.start({
        ...ofThreads,
        program,
        tls: ports.tls,
        pki: ports.pki,
        images: options.images,
      }),
    async close() {
      endRelease();
      encryption.close();
      await threads.close();
      await extensions.close();
      await informers.stop();
      await ports.close();
      await api.close();
      await Promise.all([accessFiles.credentials.close(), accessFiles.authorization.close()]);
      await front.audit?.sink.close();
      await store.close();
    },
  };
}

/** pkiOf answers how the certificates are read, made and renewed. */
function pkiOf({ paths, gateway, clock }: ControlPlaneOptions): () => Promise<Pki> {
  return () =>
    ensurePki({
      directory: paths.pki,
      dnsNames: [...API_NAMES, hostname()],
      ipAddresses: ['127.0.0.1', '::1', gateway, '172.30.0.1'],
      routeDomain: ROUTE_DOMAIN,
      now: () => clock.now(),
    });
}

/** openState opens what is on the disk: the store with its keys, and the certificates. */
async function openState(
  { paths, log, flags: given = {} }: ControlPlaneOptions,
  threads: ApiThreads,
  currentPki: () => Promise<Pki>,
) {
  await mkdir(paths.data, { recursive: true, mode: 0o711 });
  const readers = { shared: threads.sharedLog, onDurable: () => threads.onDurable() };
  const [raw, pki] = await Promise.all([openLmdbStore(paths.store, readers), currentPki()]);
  const flags = await encryptionFlags(given, paths, raw);
  const keyring = await openKeyring(flags);
  const encryption = newEncryption(flags, keyring, { raw, log });
  return { raw, pki, flags, encryption, store: newEncryptedStore(raw, keyring) };
}

/** newMetrics begins to count what concerns the whole process. */
function newMetrics(paths: Paths) {
  const metrics = new MetricRegistry();
  const webhookCertificates = new CertificateMetrics(metrics, 'apiserver_webhooks_');
  processMetrics(metrics);
  eventLoopMetrics(metrics);
  heapMetrics(metrics);
  storeSizeMetric(metrics, paths.store);
  return { metrics, webhookCertificates, meterOf: queueMetrics(metrics) };
}

async function readFront(flags: ApiFlags, { seats }: ApiThreads, log: Logger) {
  return { ...(await readFrontOptions(flags, log)), ...(seats && { seats }) };
}

interface PlatformApiParts
  extends Omit<
    ApiParts,
    'nodes' | 'images' | 'localImages' | 'clock' | 'now' | 'log' | 'delegated'
  > {
  readonly nodes: ReadonlyMap<string, NodeConnection>;
  readonly extensions: Extensions;
}

/** newPlatformApi makes the API server of the main thread. */
function newPlatformApi(options: ControlPlaneOptions, parts: PlatformApiParts): Api {
  const { clock, log, images, engine } = options;
  const { nodes, extensions, ...rest } = parts;
  const version = serverVersion();
  const api: Api = newApi({
    ...rest,
    clock,
    log,
    images,
    version,
    now: () => clock.now(),
    delegated: extensions.delegated,
    nodes: { connect: (name, path, request) => connect(nodes, { name, path, request }) },
    localImages: (reference) => engine.inspectImage(reference),
    openapi: newOpenApi(() => api.server.definitions(), {
      version: `${version.major}.${version.minor}`,
      descriptions: readDescriptions(),
      elsewhere: () => extensions.elsewhere(),
    }),
  });
  return api;
}

async function connect(
  nodes: ReadonlyMap<string, NodeConnection>,
  to: { readonly name: string; readonly path: string; readonly request: ConnectRequest },
): Promise<ApiBody | undefined> {
  const node = nodes.get(to.name);
  if (!node)
    throw newServiceUnavailable(`the agent of node ${JSON.stringify(to.name)} does not run`);
  return node.connect(to.path, to.request);
}

/** bootstrap writes what every installation has: namespaces, roles and bindings, flow schemas. */
export async function bootstrap(plane: ControlPlane): Promise<void> {
  const { client, informers, server, clock, log, extensions, encryption, pki, steps } = plane;
  await steps.run('generic-apiserver-start-informers', async () => informers.start());
  await steps.run('apiservice-registration-controller', async () => extensions.start());
  await steps.run('rbac/bootstrap-roles', () => ensureBootstrapPolicy(client));
  encryption.start();
  const { cache } = server;
  await Promise.all([
    ensureAuthenticationConfig(client, {
      clientCaPem: pki.authority.certPem,
      frontProxyCaPem: pki.frontProxy.authority.certPem,
      frontProxyNames: [FRONT_PROXY],
    }),
    ensureLegacyTokenTracking(client, clock.now()),
    steps.run('priority-and-fairness-config-producer', () =>
      keepFlowControl({ client, cache, log, now: () => clock.now() }),
    ),
    steps.run('scheduling/bootstrap-system-priority-classes', () => ensurePriorityClasses(client)),
    steps.run('start-kubernetes-service-cidr-controller', () => ensureServiceRange(client, clock)),
  ]);
}
