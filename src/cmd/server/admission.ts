import { newCertificateAdmission } from '../../admission/certificates/certificates.ts';
import { newClaimResize } from '../../admission/claim-resize/claim-resize.ts';
import { newDefaultIngressClass } from '../../admission/default-ingress-class/default-ingress-class.ts';
import { newDefaultStorageClass } from '../../admission/default-storage-class/default-storage-class.ts';
import { newDefaultTolerationSeconds } from '../../admission/default-toleration-seconds/default-toleration-seconds.ts';
import { newLimitRanger } from '../../admission/limit-ranger/limit-ranger.ts';
import { equivalentsOf } from '../../admission/matching/versions.ts';
import { newNodeRestriction } from '../../admission/node-restriction/node-restriction.ts';
import { newNodeTaint } from '../../admission/node-taint/node-taint.ts';
import { newOwnerReferences } from '../../admission/owner-references/owner-references.ts';
import { newPodSecurity } from '../../admission/pod-security/pod-security.ts';
import { PodSecurityMetrics } from '../../admission/pod-security/pod-security-metrics.ts';
import { newMutatingPolicies } from '../../admission/policy/mutating.ts';
import { newValidatingPolicies } from '../../admission/policy/validating.ts';
import { newPriority } from '../../admission/priority/priority.ts';
import { newParamAccess } from '../../admission/registration/param-access.ts';
import {
  newResourceQuota,
  type ResourceQuotaAdmission,
} from '../../admission/resource-quota/resource-quota.ts';
import { newRuntimeClass } from '../../admission/runtime-class/runtime-class.ts';
import { newServiceAccount } from '../../admission/service-account/service-account.ts';
import { newStorageProtection } from '../../admission/storage-protection/storage-protection.ts';
import { newMutatingWebhooks } from '../../admission/webhook/mutating.ts';
import { newValidatingWebhooks } from '../../admission/webhook/validating.ts';
import {
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NAMESPACES,
  PODS,
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
import type { Client } from '../../client/client.ts';
import { newWebhookClient } from '../../client/webhook-client.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { newServiceResolver } from './webhook-services.ts';

/** AdmissionParts is what the plugins need together; `server` is asked from the first request on. */
export interface AdmissionParts {
  readonly client: Client;
  readonly authorizer: Authorizer;
  readonly log: ApiLog;
  readonly metrics: MetricRegistry;
  readonly webhookCertificates: CertificateMetrics;
  server(): Pick<ApiServer, 'cache' | 'definitions'>;
}

/** AdmissionPlugins are the plugins in order, with what others ask of one of them. */
export interface AdmissionPlugins {
  readonly list: readonly Admission[];
  /** What quotas have used. */
  readonly quotas: Pick<ResourceQuotaAdmission, 'usage'>;
}

type Operations = NonNullable<Admission['operations']>;

const CREATES: Operations = ['CREATE'];
const UPDATES: Operations = ['UPDATE'];
const WRITES: Operations = ['CREATE', 'UPDATE'];

/** named gives a plugin the name that it has in kube-apiserver, and the operations that concern it. */
function named(name: string, plugin: Admission, operations?: Operations): Admission {
  const { mutate, validate } = plugin;
  return {
    name,
    ...(operations && { operations }),
    ...(mutate && { mutate: mutate.bind(plugin) }),
    ...(validate && { validate: validate.bind(plugin) }),
  };
}

/** admissionPlugins are the plugins that the platform runs, in the order of kube-apiserver. */
export function admissionPlugins(parts: AdmissionParts): AdmissionPlugins {
  const { authorizer, log, metrics, server } = parts;
  const cache = { cache: () => server().cache };
  const quotas = newResourceQuota({
    ...cache,
    resources: () =>
      server()
        .definitions()
        .filter((one) => !one.storage && !one.storedAs && one.type.namespaced)
        .map((one) => one.type),
  });
  const revisionOf =
    (...types: readonly ResourceType[]) =>
    () =>
      types.reduce((sum, type) => sum + server().cache.revision(type), 0);
  const dynamic = {
    authorizer,
    log,
    webhookMetrics: new WebhookMetrics(metrics),
    conditionMetrics: new ConditionMetrics(metrics),
    client: newWebhookClient(
      newServiceResolver(() => server().cache),
      (error) => parts.webhookCertificates.failed(certificateProblemOf(error)),
    ),
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
  const list = [
    newParamAccess({
      authorizer,
      types: () =>
        server()
          .definitions()
          .map((one) => one.type),
      validatingPolicy: (name) => server().cache.get(VALIDATING_ADMISSION_POLICIES, '', name),
      mutatingPolicy: (name) => server().cache.get(MUTATING_ADMISSION_POLICIES, '', name),
    }),
    named('LimitRanger', newLimitRanger(cache), WRITES),
    named('ServiceAccount', newServiceAccount(cache), WRITES),
    named(
      'NodeRestriction',
      newNodeRestriction({ pod: (namespace, name) => server().cache.get(PODS, namespace, name) }),
    ),
    named('TaintNodesByCondition', newNodeTaint(), CREATES),
    named(
      'PodSecurity',
      newPodSecurity({
        metrics: new PodSecurityMetrics(metrics),
        namespace: (name) => server().cache.get(NAMESPACES, '', name),
        // As a list, which is made in steps: there may be many.
        pods: async (namespace) => (await parts.client.list(PODS, { namespace })).items,
      }),
      WRITES,
    ),
    named('Priority', newPriority(cache)),
    named('DefaultTolerationSeconds', newDefaultTolerationSeconds(), WRITES),
    named('DefaultStorageClass', newDefaultStorageClass(cache), CREATES),
    named('StorageObjectInUseProtection', newStorageProtection(), CREATES),
    named(
      'OwnerReferencesPermissionEnforcement',
      newOwnerReferences({
        authorizer,
        resourcesOf: (group, version, kind) =>
          server()
            .definitions()
            .map((one) => one.type)
            .filter((one) => one.group === group && one.version === version && one.kind === kind),
      }),
      WRITES,
    ),
    named('PersistentVolumeClaimResize', newClaimResize(cache), UPDATES),
    named('RuntimeClass', newRuntimeClass(cache), CREATES),
    named('CertificateApproval', newCertificateAdmission(authorizer), WRITES),
    named('DefaultIngressClass', newDefaultIngressClass(cache), CREATES),
    named(
      'MutatingAdmissionPolicy',
      newMutatingPolicies({
        ...dynamic,
        policyMetrics: new PolicyMetrics(metrics, 'mutating'),
        policies: () => server().cache.list(MUTATING_ADMISSION_POLICIES),
        bindings: () => server().cache.list(MUTATING_ADMISSION_POLICY_BINDINGS),
        revision: revisionOf(MUTATING_ADMISSION_POLICIES, MUTATING_ADMISSION_POLICY_BINDINGS),
      }),
    ),
    named(
      'MutatingAdmissionWebhook',
      newMutatingWebhooks({
        ...dynamic,
        configurations: () => server().cache.list(MUTATING_WEBHOOK_CONFIGURATIONS),
        revision: revisionOf(MUTATING_WEBHOOK_CONFIGURATIONS),
      }),
    ),
    named(
      'ValidatingAdmissionPolicy',
      newValidatingPolicies({
        ...dynamic,
        policyMetrics: new PolicyMetrics(metrics, 'validating'),
        policies: () => server().cache.list(VALIDATING_ADMISSION_POLICIES),
        bindings: () => server().cache.list(VALIDATING_ADMISSION_POLICY_BINDINGS),
        revision: revisionOf(VALIDATING_ADMISSION_POLICIES, VALIDATING_ADMISSION_POLICY_BINDINGS),
      }),
    ),
    named(
      'ValidatingAdmissionWebhook',
      newValidatingWebhooks({
        ...dynamic,
        configurations: () => server().cache.list(VALIDATING_WEBHOOK_CONFIGURATIONS),
        revision: revisionOf(VALIDATING_WEBHOOK_CONFIGURATIONS),
      }),
    ),
    named('ResourceQuota', quotas, WRITES),
  ];
  return { list, quotas };
}
