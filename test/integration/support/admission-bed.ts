import { registrationDefinitions } from '../../../src/admission/registration/definitions.ts';
import { CONFIG_MAPS, NAMESPACES } from '../../../src/apis/resource-types.ts';
import type { ApiServer } from '../../../src/apiserver/api-server.ts';
import { CertificateMetrics } from '../../../src/apiserver/metrics/certificate-metrics.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../src/apiserver/testing/test-api-server.ts';
import { admissionPlugins } from '../../../src/cmd/server/admission.ts';
import { MetricRegistry } from '../../../src/machinery/metrics/metric-registry.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../../src/machinery/object.ts';
import { testDefinitions } from './test-definitions.ts';

/** AdmissionBed is an API server with the platform's admission, in memory, and the namespace `default`. */
export interface AdmissionBed {
  readonly api: TestApiServer;
  /** make creates an object, `x` in `default` where the content says nothing else. */
  make(type: ResourceType, content: object): Promise<KubeObject>;
  /** configMap creates a ConfigMap in `default`. */
  configMap(data?: Record<string, string>, name?: string): Promise<KubeObject>;
}

/** startAdmissionBed starts one. */
export async function startAdmissionBed(): Promise<AdmissionBed> {
  const api = await startServer();
  const make = (type: ResourceType, content: object) => {
    const { kind } = type;
    const metadata = { name: 'x', ...(type.namespaced ? { namespace: 'default' } : {}) };
    return api.client.create(type, { apiVersion: apiVersionOf(type), kind, metadata, ...content });
  };
  await make(NAMESPACES, { metadata: { name: 'default', labels: { team: 'red' } } });
  return {
    api,
    make,
    configMap: (data = {}, name = 'c') =>
      make(CONFIG_MAPS, { metadata: { name, namespace: 'default' }, data }),
  };
}

async function startServer(): Promise<TestApiServer> {
  let server: ApiServer | undefined;
  const metrics = new MetricRegistry();
  const { list } = admissionPlugins({
    client: undefined as never,
    authorizer: { authorize: () => ({ allowed: true }) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics,
    webhookCertificates: new CertificateMetrics(metrics, 'apiserver_webhooks_'),
    server() {
      if (!server) throw new Error('not started yet');
      return server;
    },
  });
  const started = await startTestApiServer(
    (deps) => [...testDefinitions(deps), ...registrationDefinitions()],
    { admission: list },
  );
  server = started.server;
  return started;
}
