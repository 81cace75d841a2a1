import { clientAs } from '../../client/client-as.ts';
import { discover } from '../../client/discovery.ts';
import type { Controller, ControllerDeps, EventRecorder } from '../../controller-kit/controller.ts';
import { newApprovingController } from './certificates/approving-controller.ts';
import { newCertificateCleaner } from './certificates/cleaner-controller.ts';
import { newSigningController, type SignCertificate } from './certificates/signing-controller.ts';
import { newClusterRoleAggregationController } from './cluster-role-aggregation/cluster-role-aggregation-controller.ts';
import { newDeploymentController } from './deployment/deployment-controller.ts';
import { newDisruptionController } from './disruption/disruption-controller.ts';
import { newEndpointSliceController } from './endpoints/endpoint-slice-controller.ts';
import { newEndpointsController } from './endpoints/endpoints-controller.ts';
import { newSliceMirroringController } from './endpoints/slice-mirroring-controller.ts';
import { newEventTtlController } from './event-ttl/event-ttl-controller.ts';
import { newGarbageCollector } from './garbage-collector/garbage-collector.ts';
import { newLegacyTokenCleaner } from './legacy-token-cleaner/legacy-token-cleaner.ts';
import { newNamespaceController } from './namespace/namespace-controller.ts';
import { newNodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts';
import { newNodeTtlController } from './node-ttl/node-ttl-controller.ts';
import { newPodGcController } from './pod-gc/pod-gc-controller.ts';
import { newReplicaSetController } from './replica-set/replica-set-controller.ts';
import { newReplicationControllerController } from './replication-controller/replication-controller.ts';
import {
  newResourceQuotaController,
  type QuotaUsage,
} from './resource-quota/resource-quota-controller.ts';
import { newScheduler } from './scheduler/scheduler.ts';
import { newDefaultAccountController } from './service-account/default-account-controller.ts';
import { newRootCaPublisher } from './service-account/root-ca-publisher.ts';
import { type IssueToken, newTokenController } from './service-account/token-controller.ts';
import { newAddressRepairController } from './service-addresses/address-repair-controller.ts';
import { newServiceRangeController } from './service-addresses/service-range-controller.ts';
import { newTaintEvictionController } from './taint-eviction/taint-eviction-controller.ts';
import { newTokenCleaner } from './token-cleaner/token-cleaner.ts';
import { newTtlAfterFinishedController } from './ttl-after-finished/ttl-controller.ts';
import { newVolumeBinder } from './volume-binding/volume-binder.ts';
import {
  newAttributesClassProtectionController,
  newClaimProtectionController,
  newVolumeProtectionController,
} from './volume-protection/volume-protection-controller.ts';

/** KubeControllerDeps is what Kubernetes' own controllers need beside what all controllers get. */
export interface KubeControllerDeps extends ControllerDeps {
  /** Signs the tokens of service account secrets. */
  readonly issueToken: IssueToken;
  /** What quotas have used. */
  readonly quotaUsage: QuotaUsage;
  /** Signs requests for certificates. */
  readonly signCertificate: SignCertificate;
  /** The certificate of the API's authority, for pods. */
  readonly rootCaPem: string;
  /** A recorder that names another component as the source of events; default: `recorder`. */
  readonly recorderFor?: (component: string) => EventRecorder;
}

/** kubeControllers makes all of them; the caller gives them to a manager. */
export function kubeControllers(deps: KubeControllerDeps): Controller[] {
  const discovery = () => discover(deps.client.transport);
  const { issueToken, quotaUsage, rootCaPem } = deps;
  const as = (component: string): ControllerDeps => ({
    ...deps,
    recorder: deps.recorderFor?.(component) ?? deps.recorder,
  });
  return [
    newNamespaceController(as('namespace-controller'), discovery),
    newDefaultAccountController(as('service-account-controller')),
    newTokenController(as('service-account-token-controller'), { issueToken, rootCaPem }),
    newTokenCleaner(as('token-cleaner')),
    newLegacyTokenCleaner(as('legacy-service-account-token-cleaner')),
    newRootCaPublisher(as('root-ca-cert-publisher'), rootCaPem),
    newApprovingController(as('certificate-controller')),
    newSigningController(as('certificate-controller'), deps.signCertificate),
    newCertificateCleaner(as('certificate-controller')),
    newClusterRoleAggregationController(as('clusterrole-aggregation-controller')),
    newReplicationControllerController(as('replication-controller')),
    newDeploymentController(as('deployment-controller')),
    newReplicaSetController(as('replicaset-controller')),
    newEndpointsController(as('endpoint-controller')),
    newEndpointSliceController(as('endpoint-slice-controller')),
    newSliceMirroringController(as('endpoint-slice-mirroring-controller')),
    newServiceRangeController(as('service-cidr-controller')),
    newAddressRepairController({
      ...as('ipallocator-repair-controller'),
      client: clientAs('kube-apiserver', deps.client),
    }),
    newScheduler({
      ...as('default-scheduler'),
      client: clientAs('kube-scheduler', deps.client),
    }),
    newGarbageCollector(as('garbage-collector-controller'), discovery),
    newPodGcController(as('pod-garbage-collector')),
    newResourceQuotaController(as('resourcequota-controller'), quotaUsage),
    newVolumeBinder(as('persistentvolume-controller')),
    newClaimProtectionController(as('pvc-protection-controller')),
    newVolumeProtectionController(as('pv-protection-controller')),
    newAttributesClassProtectionController(as('volumeattributesclass-protection-controller')),
    newNodeLifecycleController(as('node-controller')),
    newNodeTtlController(as('ttl-controller')),
    newTaintEvictionController(as('taint-eviction-controller')),
    newEventTtlController(as('event-ttl')),
    newDisruptionController(as('controllermanager')),
    newTtlAfterFinishedController(as('ttl-after-finished-controller')),
  ];
}
