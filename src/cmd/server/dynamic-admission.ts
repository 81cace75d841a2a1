import { equivalentsOf } from '../../admission/matching/versions.ts';
import { newMutatingPolicies } from '../../admission/policy/mutating.ts';
import { newValidatingPolicies } from '../../admission/policy/validating.ts';
import { newMutatingWebhooks } from '../../admission/webhook/mutating.ts';
import { newValidatingWebhooks } from '../../admission/webhook/validating.ts';
import {
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NAMESPACES,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../apis/resource-types.ts';
import type { ApiServer } from '../../apiserver/api-server.ts';
import type { Admission, ApiLog, Authorizer } from '../../apiserver/contracts.ts';
import {
  ConditionMetrics,
  PolicyMetrics,
  WebhookMetrics,
} from '../../apiserver/metrics/admission-metrics.ts';
import type { CertificateMetrics } from '../../apiserver/metrics/certificate-metrics.ts';
import { certificateProblemOf } from '../../client/certificate-problem.ts';
import { newWebhookClient, type WebhookClient } from '../../client/webhook-client.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { named } from './named-plugin.ts';
import { newServiceResolver } from './webhook-services.ts';

/** DynamicAdmissionParts: `server` is asked from the first request on. */
export interface DynamicAdmissionParts {
  readonly authorizer: Authorizer;
  readonly log: ApiLog;
  readonly metrics: MetricRegistry;
  /** Where the certificates of webhooks are counted that are not trusted. */
  readonly webhookCertificates: CertificateMetrics;
  server(): Pick<ApiServer, 'cache' | 'definitions'>;
}

/** newDynamicAdmission makes the plugins that ask what users have registered: policies and webhooks. */
export function newDynamicAdmission(parts: DynamicAdmissionParts) {
  const client = newWebhookClient(
    newServiceResolver(() => parts.server().cache),
    (error) => parts.webhookCertificates.failed(certificateProblemOf(error)),
  );
  const common = commonParts(parts, client);
  const { mutating, validating } = policies(parts, common);
  const { cache, revisionOf } = readerOf(parts);
  const list: readonly Admission[] = [
    named('MutatingAdmissionPolicy', mutating),
    named(
      'MutatingAdmissionWebhook',
      newMutatingWebhooks({
        ...common,
        configurations: () => cache().list(MUTATING_WEBHOOK_CONFIGURATIONS),
        revision: revisionOf(MUTATING_WEBHOOK_CONFIGURATIONS),
      }),
    ),
    named('ValidatingAdmissionPolicy', validating),
    named(
      'ValidatingAdmissionWebhook',
      newValidatingWebhooks({
        ...common,
        configurations: () => cache().list(VALIDATING_WEBHOOK_CONFIGURATIONS),
        revision: revisionOf(VALIDATING_WEBHOOK_CONFIGURATIONS),
      }),
    ),
  ];
  return { list, close: () => client.close() };
}

function readerOf({ server }: DynamicAdmissionParts) {
  const cache = () => server().cache;
  const revisionOf =
    (...types: readonly ResourceType[]) =>
    () =>
      types.reduce((sum, type) => sum + cache().revision(type), 0);
  return { cache, revisionOf };
}

/** commonParts are what all of them need; what is counted has one place each. */
function commonParts(parts: DynamicAdmissionParts, client: WebhookClient) {
  const { authorizer, log, metrics, server } = parts;
  return {
    authorizer,
    log,
    client,
    webhookMetrics: new WebhookMetrics(metrics),
    conditionMetrics: new ConditionMetrics(metrics),
    definitions: () => server().definitions(),
    namespace: (name: string) => server().cache.get(NAMESPACES, '', name),
    params: {
      types: () =>
        server()
          .definitions()
          .filter((one) => !one.storage && !one.storedAs)
          .map((one) => one.type),
      get: (type: ResourceType, namespace: string, name: string) =>
        server().cache.get(type, namespace, name),
      list: (type: ResourceType, namespace: string) => server().cache.list(type, namespace),
    },
    equivalents: (type: ResourceType) => equivalentsOf(() => server().definitions(), type),
  };
}

function policies(parts: DynamicAdmissionParts, common: ReturnType<typeof commonParts>) {
  const { cache, revisionOf } = readerOf(parts);
  const mutating = newMutatingPolicies({
    ...common,
    policyMetrics: new PolicyMetrics(parts.metrics, 'mutating'),
    policies: () => cache().list(MUTATING_ADMISSION_POLICIES),
    bindings: () => cache().list(MUTATING_ADMISSION_POLICY_BINDINGS),
    revision: revisionOf(MUTATING_ADMISSION_POLICIES, MUTATING_ADMISSION_POLICY_BINDINGS),
  });
  const validating = newValidatingPolicies({
    ...common,
    policyMetrics: new PolicyMetrics(parts.metrics, 'validating'),
    policies: () => cache().list(VALIDATING_ADMISSION_POLICIES),
    bindings: () => cache().list(VALIDATING_ADMISSION_POLICY_BINDINGS),
    revision: revisionOf(VALIDATING_ADMISSION_POLICIES, VALIDATING_ADMISSION_POLICY_BINDINGS),
  });
  return { mutating, validating };
}
