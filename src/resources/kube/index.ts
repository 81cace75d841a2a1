import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { controllerRevisionDefinition } from './apps/controller-revision.ts';
import { daemonSetDefinition } from './apps/daemon-set.ts';
import { deploymentDefinition } from './apps/deployment.ts';
import { replicaSetDefinition } from './apps/replica-set.ts';
import { statefulSetDefinition } from './apps/stateful-set.ts';
import {
  autoscalerDefinition,
  oldAutoscalerDefinition,
} from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobDefinition } from './batch/cron-job.ts';
import { jobDefinition } from './batch/job.ts';
import { certificateSigningRequestDefinition } from './certificates/certificate-signing-request.ts';
import { componentStatusDefinition } from './component-status.ts';
import { configMapDefinition } from './config-map.ts';
import type { KubeDeps } from './deps.ts';
import { dynamicResourceDefinitions } from './dynamic-resources/index.ts';
import { endpointSliceDefinition } from './endpoint-slice.ts';
import { endpointsDefinition } from './endpoints.ts';
import { eventDefinition, newEventDefinition } from './event.ts';
import { FLOW_CONTROL_DEFINITIONS } from './flowcontrol/index.ts';
import { namespaceDefinition } from './namespace.ts';
import { networkingDefinitions } from './networking/index.ts';
import { nodeDefinition } from './node.ts';
import { podDefinitions } from './pod/pod.ts';
import { podTemplateDefinition } from './pod-template.ts';
import { budgetDefinition } from './policy/pod-disruption-budget.ts';
import { quotaDefinitions } from './quota.ts';
import { rbacDefinitions } from './rbac.ts';
import { replicationControllerDefinition } from './replication-controller.ts';
import { schedulingDefinitions } from './scheduling/index.ts';
import { secretDefinition } from './secret.ts';
import { serviceDefinition } from './service/service.ts';
import { serviceAccountDefinition } from './service-account/service-account.ts';
import { storageDefinitions } from './storage/index.ts';
import { volumeDefinitions } from './volume/index.ts';

export type { KubeDeps, KubeOptions, NodeConnector, TokenIssuer } from './deps.ts';

/** kubeDefinitions are the resources of Kubernetes that Sampan serves. */
export function kubeDefinitions(deps: KubeDeps): ResourceDefinition[] {
  return [
    namespaceDefinition,
    nodeDefinition(deps),
    ...podDefinitions(deps),
    serviceDefinition(deps),
    endpointsDefinition,
    endpointSliceDefinition,
    replicationControllerDefinition,
    deploymentDefinition,
    replicaSetDefinition,
    statefulSetDefinition,
    daemonSetDefinition,
    controllerRevisionDefinition,
    jobDefinition,
    autoscalerDefinition,
    oldAutoscalerDefinition,
    budgetDefinition,
    podTemplateDefinition,
    cronJobDefinition,
    configMapDefinition,
    secretDefinition,
    serviceAccountDefinition(deps),
    eventDefinition,
    newEventDefinition,
    ...FLOW_CONTROL_DEFINITIONS,
    ...networkingDefinitions,
    ...storageDefinitions,
    ...schedulingDefinitions,
    ...dynamicResourceDefinitions(deps.client),
    ...volumeDefinitions,
    ...quotaDefinitions,
    componentStatusDefinition,
    ...rbacDefinitions(deps),
    certificateSigningRequestDefinition,
  ];
}
