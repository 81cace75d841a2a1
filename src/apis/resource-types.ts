import type { KubeObject, ResourceType } from '../machinery/object.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from './admissionregistration.k8s.io/v1/types.ts';
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from './apps/v1/types.ts';
import type { DeploymentConfig } from './apps.openshift.io/v1/types.ts';
import type { HorizontalPodAutoscaler as OldHorizontalPodAutoscaler } from './autoscaling/v1/types.ts';
import type { HorizontalPodAutoscaler } from './autoscaling/v2/types.ts';
import type { CronJob, Job } from './batch/v1/types.ts';
import type { Build, BuildConfig } from './build.openshift.io/v1/types.ts';
import type { CertificateSigningRequest } from './certificates.k8s.io/v1/types.ts';
import type { Lease } from './coordination.k8s.io/v1/types.ts';
import type {
  Binding,
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from './core/v1/types.ts';
import type { EndpointSlice } from './discovery.k8s.io/v1/types.ts';
import type { Event as NewEvent } from './events.k8s.io/v1/types.ts';
import type {
  FlowSchema,
  PriorityLevelConfiguration,
} from './flowcontrol.apiserver.k8s.io/v1/types.ts';
import type {
  Image,
  ImageStream,
  ImageStreamImage,
  ImageStreamImport,
  ImageStreamMapping,
  ImageStreamTag,
  ImageTag,
} from './image.openshift.io/v1/types.ts';
import type {
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  ServiceCIDR,
} from './networking.k8s.io/v1/types.ts';
import type { RuntimeClass } from './node.k8s.io/v1/types.ts';
import type { PodDisruptionBudget } from './policy/v1/types.ts';
import type { Project, ProjectRequest } from './project.openshift.io/v1/types.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from './rbac.authorization.k8s.io/v1/types.ts';
import type {
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from './resource.k8s.io/v1/types.ts';
import type { Route } from './route.openshift.io/v1/types.ts';
import type { PriorityClass } from './scheduling.k8s.io/v1/types.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from './storage.k8s.io/v1/types.ts';

interface Names {
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function inGroup(group: string, version: string) {
  return <T extends KubeObject>(
    kind: string,
    resource: string,
    namespaced = true,
  ): ResourceType<T> => {
    const names: Names = { resource, kind, namespaced };
    return { group, version, ...names };
  };
}

const core = inGroup('', 'v1');
export const NAMESPACES = core<Namespace>('Namespace', 'namespaces', false);
export const NODES = core<Node>('Node', 'nodes', false);
export const PODS = core<Pod>('Pod', 'pods');
export const BINDINGS = core<Binding>('Binding', 'bindings');
export const SERVICES = core<Service>('Service', 'services');
export const ENDPOINTS = core<Endpoints>('Endpoints', 'endpoints');
export const REPLICATION_CONTROLLERS = core<ReplicationController>(
  'ReplicationController',
  'replicationcontrollers',
);
export const CONFIG_MAPS = core<ConfigMap>('ConfigMap', 'configmaps');
export const SECRETS = core<Secret>('Secret', 'secrets');
export const SERVICE_ACCOUNTS = core<ServiceAccount>('ServiceAccount', 'serviceaccounts');
export const PERSISTENT_VOLUMES = core<PersistentVolume>(
  'PersistentVolume',
  'persistentvolumes',
  false,
);
export const PERSISTENT_VOLUME_CLAIMS = core<PersistentVolumeClaim>(
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const LIMIT_RANGES = core<LimitRange>('LimitRange', 'limitranges');
export const RESOURCE_QUOTAS = core<ResourceQuota>('ResourceQuota', 'resourcequotas');
export const POD_TEMPLATES = core<PodTemplate>('PodTemplate', 'podtemplates');
export const EVENTS = core<Event & KubeObject>('Event', 'events');

const apps = inGroup('apps', 'v1');
export const DEPLOYMENTS = apps<Deployment>('Deployment', 'deployments');
export const REPLICA_SETS = apps<ReplicaSet>('ReplicaSet', 'replicasets');
export const STATEFUL_SETS = apps<StatefulSet>('StatefulSet', 'statefulsets');
export const DAEMON_SETS = apps<DaemonSet>('DaemonSet', 'daemonsets');
export const CONTROLLER_REVISIONS = apps<ControllerRevision>(
  'ControllerRevision',
  'controllerrevisions',
);

export const HORIZONTAL_POD_AUTOSCALERS = inGroup('autoscaling', 'v2')<HorizontalPodAutoscaler>(
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const HORIZONTAL_POD_AUTOSCALERS_V1 = inGroup(
  'autoscaling',
  'v1',
)<OldHorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'horizontalpodautoscalers');

export const POD_DISRUPTION_BUDGETS = inGroup('policy', 'v1')<PodDisruptionBudget>(
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);

const batch = inGroup('batch', 'v1');
export const JOBS = batch<Job>('Job', 'jobs');
export const CRON_JOBS = batch<CronJob>('CronJob', 'cronjobs');

export const NEW_EVENTS = inGroup('events.k8s.io', 'v1')<NewEvent & KubeObject>('Event', 'events');

export const ENDPOINT_SLICES = inGroup('discovery.k8s.io', 'v1')<EndpointSlice>(
  'EndpointSlice',
  'endpointslices',
);

const flowControl = inGroup('flowcontrol.apiserver.k8s.io', 'v1');
export const FLOW_SCHEMAS = flowControl<FlowSchema>('FlowSchema', 'flowschemas', false);
export const PRIORITY_LEVELS = flowControl<PriorityLevelConfiguration>(
  'PriorityLevelConfiguration',
  'prioritylevelconfigurations',
  false,
);

const networking = inGroup('networking.k8s.io', 'v1');
export const INGRESSES = networking<Ingress>('Ingress', 'ingresses');
export const INGRESS_CLASSES = networking<IngressClass>('IngressClass', 'ingressclasses', false);
export const NETWORK_POLICIES = networking<NetworkPolicy>('NetworkPolicy', 'networkpolicies');
export const IP_ADDRESSES = networking<IPAddress>('IPAddress', 'ipaddresses', false);
export const SERVICE_CIDRS = networking<ServiceCIDR>('ServiceCIDR', 'servicecidrs', false);

const storage = inGroup('storage.k8s.io', 'v1');
export const STORAGE_CLASSES = storage<StorageClass>('StorageClass', 'storageclasses', false);
export const CSI_DRIVERS = storage<CSIDriver>('CSIDriver', 'csidrivers', false);
export const CSI_NODES = storage<CSINode>('CSINode', 'csinodes', false);
export const CSI_STORAGE_CAPACITIES = storage<CSIStorageCapacity>(
  'CSIStorageCapacity',
  'csistoragecapacities',
);
export const VOLUME_ATTACHMENTS = storage<VolumeAttachment>(
  'VolumeAttachment',
  'volumeattachments',
  false,
);
export const VOLUME_ATTRIBUTES_CLASSES = storage<VolumeAttributesClass>(
  'VolumeAttributesClass',
  'volumeattributesclasses',
  false,
);

const dynamicResources = inGroup('resource.k8s.io', 'v1');
export const DEVICE_CLASSES = dynamicResources<DeviceClass>('DeviceClass', 'deviceclasses', false);
export const RESOURCE_CLAIMS = dynamicResources<ResourceClaim>('ResourceClaim', 'resourceclaims');
export const RESOURCE_CLAIM_TEMPLATES = dynamicResources<ResourceClaimTemplate>(
  'ResourceClaimTemplate',
  'resourceclaimtemplates',
);
export const RESOURCE_SLICES = dynamicResources<ResourceSlice>(
  'ResourceSlice',
  'resourceslices',
  false,
);

export const PRIORITY_CLASSES = inGroup('scheduling.k8s.io', 'v1')<PriorityClass>(
  'PriorityClass',
  'priorityclasses',
  false,
);
export const LEASES = inGroup('coordination.k8s.io', 'v1')<Lease>('Lease', 'leases');
export const RUNTIME_CLASSES = inGroup('node.k8s.io', 'v1')<RuntimeClass>(
  'RuntimeClass',
  'runtimeclasses',
  false,
);

const certificates = inGroup('certificates.k8s.io', 'v1');
export const CERTIFICATE_SIGNING_REQUESTS = certificates<CertificateSigningRequest>(
  'CertificateSigningRequest',
  'certificatesigningrequests',
  false,
);

const rbac = inGroup('rbac.authorization.k8s.io', 'v1');
export const ROLES = rbac<Role>('Role', 'roles');
export const ROLE_BINDINGS = rbac<RoleBinding>('RoleBinding', 'rolebindings');
export const CLUSTER_ROLES = rbac<ClusterRole>('ClusterRole', 'clusterroles', false);
export const CLUSTER_ROLE_BINDINGS = rbac<ClusterRoleBinding>(
  'ClusterRoleBinding',
  'clusterrolebindings',
  false,
);

const project = inGroup('project.openshift.io', 'v1');
export const PROJECTS = project<Project>('Project', 'projects', false);
export const PROJECT_REQUESTS = project<ProjectRequest>('ProjectRequest', 'projectrequests', false);

const image = inGroup('image.openshift.io', 'v1');
export const IMAGES = image<Image>('Image', 'images', false);
export const IMAGE_STREAMS = image<ImageStream>('ImageStream', 'imagestreams');
export const IMAGE_STREAM_TAGS = image<ImageStreamTag>('ImageStreamTag', 'imagestreamtags');
export const IMAGE_TAGS = image<ImageTag>('ImageTag', 'imagetags');
export const IMAGE_STREAM_IMAGES = image<ImageStreamImage>('ImageStreamImage', 'imagestreamimages');
export const IMAGE_STREAM_MAPPINGS = image<ImageStreamMapping>(
  'ImageStreamMapping',
  'imagestreammappings',
);
export const IMAGE_STREAM_IMPORTS = image<ImageStreamImport>(
  'ImageStreamImport',
  'imagestreamimports',
);

const build = inGroup('build.openshift.io', 'v1');
export const BUILD_CONFIGS = build<BuildConfig>('BuildConfig', 'buildconfigs');
export const BUILDS = build<Build>('Build', 'builds');

export const DEPLOYMENT_CONFIGS = inGroup('apps.openshift.io', 'v1')<DeploymentConfig>(
  'DeploymentConfig',
  'deploymentconfigs',
);

export const ROUTES = inGroup('route.openshift.io', 'v1')<Route>('Route', 'routes');

const registration = inGroup('admissionregistration.k8s.io', 'v1');
export const VALIDATING_WEBHOOK_CONFIGURATIONS = registration<ValidatingWebhookConfiguration>(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
);
export const MUTATING_WEBHOOK_CONFIGURATIONS = registration<MutatingWebhookConfiguration>(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  false,
);
export const VALIDATING_ADMISSION_POLICIES = registration<ValidatingAdmissionPolicy>(
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
  false,
);
export const VALIDATING_ADMISSION_POLICY_BINDINGS = registration<ValidatingAdmissionPolicyBinding>(
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  false,
);

const registrationBeta = inGroup('admissionregistration.k8s.io', 'v1beta1');
export const MUTATING_ADMISSION_POLICIES = registrationBeta<MutatingAdmissionPolicy>(
  'MutatingAdmissionPolicy',
  'mutatingadmissionpolicies',
  false,
);
export const MUTATING_ADMISSION_POLICY_BINDINGS = registrationBeta<MutatingAdmissionPolicyBinding>(
  'MutatingAdmissionPolicyBinding',
  'mutatingadmissionpolicybindings',
  false,
);
