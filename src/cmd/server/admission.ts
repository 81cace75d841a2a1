import { newCertificateAdmission } from '../../admission/certificates/certificates.ts';
import { newClaimResize } from '../../admission/claim-resize/claim-resize.ts';
import { newDefaultIngressClass } from '../../admission/default-ingress-class/default-ingress-class.ts';
import { newDefaultStorageClass } from '../../admission/default-storage-class/default-storage-class.ts';
import { newDefaultTolerationSeconds } from '../../admission/default-toleration-seconds/default-toleration-seconds.ts';
import { newLimitRanger } from '../../admission/limit-ranger/limit-ranger.ts';
import { newNodeRestriction } from '../../admission/node-restriction/node-restriction.ts';
import { newNodeTaint } from '../../admission/node-taint/node-taint.ts';
import { newOwnerReferences } from '../../admission/owner-references/owner-references.ts';
import { newPodSecurity } from '../../admission/pod-security/pod-security.ts';
import { PodSecurityMetrics } from '../../admission/pod-security/pod-security-metrics.ts';
import { newPriority } from '../../admission/priority/priority.ts';
import { newParamAccess } from '../../admission/registration/param-access.ts';
import {
  newResourceQuota,
  type ResourceQuotaAdmission,
} from '../../admission/resource-quota/resource-quota.ts';
import { newRuntimeClass } from '../../admission/runtime-class/runtime-class.ts';
import { newServiceAccount } from '../../admission/service-account/service-account.ts';
import { newStorageProtection } from '../../admission/storage-protection/storage-protection.ts';
import {
  MUTATING_ADMISSION_POLICIES,
  NAMESPACES,
  PODS,
  VALIDATING_ADMISSION_POLICIES,
} from '../../apis/resource-types.ts';
import type { Admission } from '../../apiserver/contracts.ts';
import type { Client } from '../../client/client.ts';
import type { AdmissionSettings } from './admission-configuration.ts';
import { type DynamicAdmissionParts, newDynamicAdmission } from './dynamic-admission.ts';
import { named, type Operations } from './named-plugin.ts';

/** AdmissionParts is what the plugins need together. */
export interface AdmissionParts extends DynamicAdmissionParts {
  readonly client: Client;
  readonly settings?: AdmissionSettings;
}

/** AdmissionPlugins are the plugins in order, with what others ask of one of them. */
export interface AdmissionPlugins {
  readonly list: readonly Admission[];
  /** What quotas have used. */
  readonly quotas: Pick<ResourceQuotaAdmission, 'usage'>;
  /** close ends the connections to webhooks. */
  close(): Promise<void>;
}

const CREATES: Operations = ['CREATE'];
const UPDATES: Operations = ['UPDATE'];
const WRITES: Operations = ['CREATE', 'UPDATE'];

/** admissionPlugins are the plugins that the platform runs, in the order of kube-apiserver. */
export function admissionPlugins(parts: AdmissionParts): AdmissionPlugins {
  const quotas = newResourceQuota({
    cache: () => parts.server().cache,
    resources: () =>
      parts
        .server()
        .definitions()
        .filter((one) => !one.storage && !one.storedAs && one.type.namespaced)
        .map((one) => one.type),
  });
  const dynamic = newDynamicAdmission(parts);
  const list = [
    paramAccess(parts),
    ...builtIn(parts),
    ...dynamic.list,
    named('ResourceQuota', quotas, WRITES),
  ];
  return { list, quotas, close: () => dynamic.close() };
}

function paramAccess({ authorizer, server }: AdmissionParts): Admission {
  return newParamAccess({
    authorizer,
    types: () =>
      server()
        .definitions()
        .map((one) => one.type),
    validatingPolicy: (name) => server().cache.get(VALIDATING_ADMISSION_POLICIES, '', name),
    mutatingPolicy: (name) => server().cache.get(MUTATING_ADMISSION_POLICIES, '', name),
  });
}

/** builtIn are those that are asked before what users have registered. */
function builtIn(parts: AdmissionParts): readonly Admission[] {
  const { authorizer, server } = parts;
  const cache = { cache: () => server().cache };
  return [
    named('LimitRanger', newLimitRanger(cache), WRITES),
    named('ServiceAccount', newServiceAccount(cache), WRITES),
    named(
      'NodeRestriction',
      newNodeRestriction({ pod: (namespace, name) => server().cache.get(PODS, namespace, name) }),
    ),
    named('TaintNodesByCondition', newNodeTaint(), CREATES),
    named('PodSecurity', podSecurity(parts), WRITES),
    named('Priority', newPriority(cache)),
    named('DefaultTolerationSeconds', newDefaultTolerationSeconds(), WRITES),
    named('DefaultStorageClass', newDefaultStorageClass(cache), CREATES),
    named('StorageObjectInUseProtection', newStorageProtection(), CREATES),
    named('OwnerReferencesPermissionEnforcement', ownerReferences(parts), WRITES),
    named('PersistentVolumeClaimResize', newClaimResize(cache), UPDATES),
    named('RuntimeClass', newRuntimeClass(cache), CREATES),
    named('CertificateApproval', newCertificateAdmission(authorizer), WRITES),
    named('DefaultIngressClass', newDefaultIngressClass(cache), CREATES),
  ];
}

function podSecurity({ client, metrics, server, settings }: AdmissionParts): Admission {
  return newPodSecurity({
    ...settings?.podSecurity,
    metrics: new PodSecurityMetrics(metrics),
    namespace: (name) => server().cache.get(NAMESPACES, '', name),
    // As a list, which is made in steps: there may be many.
    pods: async (namespace) => (await client.list(PODS, { namespace })).items,
  });
}

function ownerReferences({ authorizer, server }: AdmissionParts): Admission {
  return newOwnerReferences({
    authorizer,
    resourcesOf: (group, version, kind) =>
      server()
        .definitions()
        .map((one) => one.type)
        .filter((one) => one.group === group && one.version === version && one.kind === kind),
  });
}
