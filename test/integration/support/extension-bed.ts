import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { newOpenApi } from '../../../src/apis/openapi/openapi.ts';
import { NAMESPACES } from '../../../src/apis/resource-types.ts';
import {
  issueCertificate,
  type KeyPair,
  newCertificateAuthority,
} from '../../../src/apiserver/access/certificate-authority.ts';
import { SERVER_USER } from '../../../src/apiserver/api-server.ts';
import { CertificateMetrics } from '../../../src/apiserver/metrics/certificate-metrics.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../src/apiserver/testing/test-api-server.ts';
import { listenForTest } from '../../../src/apiserver/testing/test-listener.ts';
import { newTestTls } from '../../../src/apiserver/testing/test-tls.ts';
import { newClient } from '../../../src/client/rest-client.ts';
import { LateTransport } from '../../../src/cmd/server/late-transport.ts';
import type { ControllerDeps } from '../../../src/controller-kit/controller.ts';
import { newInformers } from '../../../src/controller-kit/informers.ts';
import { SILENT } from '../../../src/controller-kit/silent-log.ts';
import { systemClock } from '../../../src/controller-kit/system-clock.ts';
import { extensionResources } from '../../../src/extension/extension-resources.ts';
import { type Extensions, newExtensions } from '../../../src/extension/extensions.ts';
import { MetricRegistry } from '../../../src/machinery/metrics/metric-registry.ts';
import { tokenKubeconfig } from './kubeconfigs.ts';
import { testDefinitions } from './test-definitions.ts';

/** ExtensionBed is an API server that can be extended, with a kubeconfig for it. */
export interface ExtensionBed {
  readonly api: TestApiServer;
  readonly extensions: Extensions;
  /** What controllers get, to act as the server itself. */
  readonly deps: ControllerDeps;
  readonly kubeconfig: string;
  readonly folder: string;
  /** The authority that signs the client certificate with which aggregated servers are asked. */
  readonly frontProxy: { readonly authority: KeyPair; readonly client: KeyPair };
  close(): Promise<void>;
}

/** startExtensionBed starts one in memory on a free port, with the namespace `default`. */
export async function startExtensionBed(): Promise<ExtensionBed> {
  const now = new Date();
  const authority = await newCertificateAuthority('front-proxy', 1, now);
  const request = { commonName: 'front-proxy-client', usage: 'client', days: 1 } as const;
  const client = await issueCertificate(authority, request, now);
  const late = new LateTransport();
  const ownClient = newClient(late);
  const informers = newInformers(ownClient, { log: SILENT, clock: systemClock });
  const own = { client: ownClient, informers, clock: systemClock, log: SILENT };
  const metrics = new MetricRegistry();
  const extensions = newExtensions({
    ...own,
    server: () => api.server,
    frontProxy: () => client,
    metrics,
    webhookCertificates: new CertificateMetrics(metrics, 'apiserver_webhooks_'),
  });
  const api: TestApiServer = await startTestApiServer(
    (deps) => [...testDefinitions(deps), ...extensionResources()],
    {
      openapi: newOpenApi(() => api.server.definitions(), {
        version: 'v1.34.2',
        elsewhere: () => extensions.elsewhere(),
      }),
      delegated: extensions.delegated,
    },
  );
  late.resolve(api.server.transportFor(SERVER_USER));
  await extensions.load();
  informers.start();
  extensions.start();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
  await api.client.create(NAMESPACES, namespace);
  const { url, caPem } = await listenForTest(api.server);
  const folder = await mkdtemp(join(tmpdir(), 'sampan-extension-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, tokenKubeconfig(url, caPem));
  return {
    api,
    extensions,
    deps: { ...own, recorder: { event: () => undefined } },
    kubeconfig,
    folder,
    frontProxy: { authority, client },
    async close() {
      await extensions.close();
      await informers.stop();
      await api.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** TlsServer is an HTTPS server on the loopback interface. */
export interface TlsServer {
  readonly port: number;
  readonly caPem: string;
  close(): Promise<void>;
}

/** startTlsServer serves with a certificate of its own authority for `localhost` and other names. */
export async function startTlsServer(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  options: {
    readonly dnsNames?: readonly string[];
    readonly clientCaPem?: string;
    readonly upgrade?: (request: IncomingMessage, socket: Duplex) => void;
  } = {},
): Promise<TlsServer> {
  const names = ['localhost', ...(options.dnsNames ?? [])];
  const { authority, certPem, keyPem } = await newTestTls('webhook', names);
  const { clientCaPem } = options;
  const clients = clientCaPem === undefined ? {} : { ca: clientCaPem, requestCert: true };
  const server = createServer({ cert: certPem, key: keyPem, ...clients }, serve);
  server.on('upgrade', (request, socket) => options.upgrade?.(request, socket));
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  return {
    port: (server.address() as AddressInfo).port,
    caPem: authority.certPem,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** readJson reads the body of a request. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
}
