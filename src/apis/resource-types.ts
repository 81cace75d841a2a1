import type { KubeObject, ResourceType } from '../machinery/object.ts';
import type { Deployment, ReplicaSet } from './apps/v1/types.ts';
import type { DeploymentConfig } from './apps.openshift.io/v1/types.ts';
import type { Build, BuildConfig } from './build.openshift.io/v1/types.ts';
import type {
  ConfigMap,
  Endpoints,
  Event,
  Namespace,
  Node,
  Pod,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from './core/v1/types.ts';
import type { EndpointSlice } from './discovery.k8s.io/v1/types.ts';
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
import type { Project, ProjectRequest } from './project.openshift.io/v1/types.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from './rbac.authorization.k8s.io/v1/types.ts';
import type { Route } from './route.openshift.io/v1/types.ts';

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
export const SERVICES = core<Service>('Service', 'services');
export const ENDPOINTS = core<Endpoints>('Endpoints', 'endpoints');
export const REPLICATION_CONTROLLERS = core<ReplicationController>(
  'ReplicationController',
  'replicationcontrollers',
);
export const CONFIG_MAPS = core<ConfigMap>('ConfigMap', 'configmaps');
export const SECRETS = core<Secret>('Secret', 'secrets');
export const SERVICE_ACCOUNTS = core<ServiceAccount>('ServiceAccount', 'serviceaccounts');
export const EVENTS = core<Event & KubeObject>('Event', 'events');

const apps = inGroup('apps', 'v1');
export const DEPLOYMENTS = apps<Deployment>('Deployment', 'deployments');
export const REPLICA_SETS = apps<ReplicaSet>('ReplicaSet', 'replicasets');

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
