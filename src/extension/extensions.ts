import type { ApiServer } from '../apiserver/api-server.ts';
import type { DelegatedApi } from '../apiserver/delegation.ts';
import { AggregatorMetrics } from '../apiserver/metrics/aggregator-metrics.ts';
import { CelMetrics } from '../apiserver/metrics/cel-metrics.ts';
import { CertificateMetrics } from '../apiserver/metrics/certificate-metrics.ts';
import { certificateProblemOf } from '../client/certificate-problem.ts';
import type { Client } from '../client/client.ts';
import type { Clock, Informers, Logger } from '../controller-kit/controller.ts';
import { newManager } from '../controller-kit/manager.ts';
import type { MeterOf } from '../controller-kit/work-queue.ts';
import type { MetricRegistry } from '../machinery/metrics/metric-registry.ts';
import { Aggregation, type ClientPair } from './aggregation/aggregation.ts';
import { newAvailabilityController } from './aggregation/availability.ts';
import { newLocalServicesController } from './aggregation/local-services.ts';
import { isWebhook, relabel } from './custom-resource/conversion.ts';
import { newWebhookConversion } from './custom-resource/webhook-conversion.ts';
import { CustomResources } from './custom-resources.ts';
import { newDefinitionController } from './definition/definition-controller.ts';
import { RemoteClient } from './remote/remote-request.ts';
import { checkRules } from './rules/check-rules.ts';
import { ruleTree } from './rules/rule-tree.ts';

/** ExtensionsDeps is what extending the API takes; `client` acts as the server itself. */
export interface ExtensionsDeps {
  /** Asked for after the server is made: it gets `delegated`, and so is made later. */
  readonly server: () => ApiServer;
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where it is counted what rules of custom resources cost, and which APIServices answer. */
  readonly metrics: MetricRegistry;
  /** Where the certificates of webhooks are counted that are not trusted. */
  readonly webhookCertificates: CertificateMetrics;
  readonly meterOf?: MeterOf;
  /** The certificate with which aggregated servers are asked. */
  readonly frontProxy: () => ClientPair;
}

/** Extensions is the running part of what extends the API. */
export interface Extensions {
  /** delegated is what other servers serve: for the options of the API server. */
  readonly delegated: DelegatedApi;
  /** elsewhere are the group versions of `delegated`: for the index of OpenAPI documents. */
  elsewhere(): readonly string[];
  /** load serves the custom resources that are established; resolves when they are. */
  load(): Promise<void>;
  /** start runs the controllers; the informers are started by others. */
  start(): void;
  close(): Promise<void>;
}

/** newExtensions makes an API server serve CustomResourceDefinitions and APIServices. */
export function newExtensions(deps: ExtensionsDeps): Extensions {
  const { server, client, informers, clock, log, frontProxy } = deps;
  const celMetrics = new CelMetrics(deps.metrics);
  const metrics = new AggregatorMetrics(deps.metrics);
  const certificates = new CertificateMetrics(deps.metrics, 'apiserver_kube_aggregator_');
  const remote = new RemoteClient((error) => certificates.failed(certificateProblemOf(error)));
  const hooks = new RemoteClient((error) =>
    deps.webhookCertificates.failed(certificateProblemOf(error)),
  );
  const cache = () => server().cache;
  const aggregation = new Aggregation({ remote, cache, frontProxy });
  const installer = new CustomResources({
    server,
    log,
    converter: (definition) =>
      isWebhook(definition)
        ? newWebhookConversion(definition, { remote: hooks, cache: cache() })
        : relabel,
    rulesOf(schema) {
      const tree = celMetrics.compiled(() => ruleTree(schema));
      return tree && ((object, old) => celMetrics.evaluated(() => checkRules(tree, object, old)));
    },
  });
  const manager = newManager(deps);
  return {
    delegated: aggregation,
    elsewhere: () => aggregation.servers.groupVersions(),
    load: () => installer.start(),
    start() {
      const definitions = () => server().definitions();
      manager.add(newDefinitionController({ client, informers, clock, installer }));
      const onChange = (callback: () => void) => installer.onChange(callback);
      manager.add(newLocalServicesController({ client, definitions, onChange }));
      manager.add(
        newAvailabilityController({ client, clock, remote, aggregation, cache, metrics }),
      );
      manager.start();
    },
    async close() {
      await manager.stop();
      remote.close();
      hooks.close();
    },
  };
}
