import type { BindingEntry, RoleEntry } from './policy-entries.ts';

const READ = 'get,list,watch';
const ALL = 'create,delete,deletecollection,get,list,patch,update,watch';
const EVERYBODY = ['group:system:authenticated', 'group:system:unauthenticated'];
const AUTHENTICATED = ['group:system:authenticated'];

/** legacy places resources in a group of OpenShift and in the core group, where they once were. */
const legacy = (group: string) => `core,${group}.openshift.io`;

const AUTHORIZATION = legacy('authorization');
const APPS = legacy('apps');
const BUILD = legacy('build');
const IMAGE = legacy('image');
const NETWORK = legacy('network');
const PROJECT = legacy('project');
const QUOTA = legacy('quota');
const ROUTE = legacy('route');
const SECURITY = legacy('security');
const TEMPLATE = legacy('template');
const USER = legacy('user');

const BUILDS = 'buildconfigs,buildconfigs/webhooks,builds';
const BUILD_ACTIONS = 'buildconfigs/instantiate,buildconfigs/instantiatebinary,builds/clone';
const CONFIG_ACTIONS =
  'deploymentconfigrollbacks,deploymentconfigs/instantiate,deploymentconfigs/rollback';
const IMAGES =
  'imagestreamimages,imagestreammappings,imagestreams,imagestreams/secrets,imagestreamtags,imagetags';
const VISIBLE_IMAGES =
  'imagestreamimages,imagestreammappings,imagestreams,imagestreamtags,imagetags';
const TEMPLATES = 'processedtemplates,templateconfigs,templateinstances,templates';
const POD_REVIEWS =
  'podsecuritypolicyreviews,podsecuritypolicyselfsubjectreviews,podsecuritypolicysubjectreviews';
const LOCAL_REVIEWS = 'localresourceaccessreviews,localsubjectaccessreviews,subjectrulesreviews';

const EDITING: readonly string[] = [
  `${ALL} ${BUILD} ${BUILDS}`,
  `${READ} ${BUILD} builds/log`,
  `create ${BUILD} ${BUILD_ACTIONS}`,
  `update ${BUILD} builds/details`,
  `${ALL} ${APPS} deploymentconfigs,deploymentconfigs/scale`,
  `create ${APPS} ${CONFIG_ACTIONS}`,
  `${READ} ${APPS} deploymentconfigs/log,deploymentconfigs/status`,
  `${ALL} ${IMAGE} ${IMAGES}`,
  `${READ} ${IMAGE} imagestreams/status`,
  `get,update ${IMAGE} imagestreams/layers`,
  `create ${IMAGE} imagestreamimports`,
  `${READ} ${QUOTA} appliedclusterresourcequotas`,
  `${ALL} ${ROUTE} routes`,
  `create ${ROUTE} routes/custom-host`,
  `${READ} ${ROUTE} routes/status`,
  `${ALL} ${TEMPLATE} ${TEMPLATES}`,
  `${ALL} networking.k8s.io networkpolicies`,
  `${ALL} ${BUILD} buildlogs`,
  `${READ} core resourcequotausages`,
];

const DISCOVERY =
  'get /,/.well-known,/.well-known/oauth-authorization-server,/api,/api/*,/apis,/apis/*,/oapi,/oapi/*,/openapi/v2,/osapi,/osapi/,/swagger-2.0.0.pb-v1,/swagger.json,/swaggerapi,/swaggerapi/*,/version,/version/*';

/** OPENSHIFT_CLUSTER_ROLES are the ClusterRoles that OpenShift adds to those of Kubernetes. */
export const OPENSHIFT_CLUSTER_ROLES: Readonly<Record<string, RoleEntry>> = {
  sudoer: {
    rules: [
      `impersonate ${USER} systemusers,users system:admin`,
      `impersonate ${USER} groups,systemgroups system:masters`,
    ],
  },
  'system:scope-impersonation': {
    rules: ['impersonate authentication.k8s.io userextras/scopes.authorization.openshift.io'],
  },
  'cluster-reader': { aggregates: ['cluster-reader', 'view'] },
  'system:openshift:aggregate-to-cluster-reader': {
    aggregateTo: ['cluster-reader'],
    rules: [
      `${READ} core componentstatuses,nodes,nodes/status,persistentvolumeclaims/status,persistentvolumes,persistentvolumes/status,pods/binding,pods/eviction,podtemplates,securitycontextconstraints,services/status`,
      `${READ} admissionregistration.k8s.io mutatingwebhookconfigurations,validatingwebhookconfigurations`,
      `${READ} apps controllerrevisions,daemonsets/status,deployments/status,replicasets/status,statefulsets/status`,
      `${READ} apiextensions.k8s.io customresourcedefinitions,customresourcedefinitions/status`,
      `${READ} apiregistration.k8s.io apiservices,apiservices/status`,
      `${READ} autoscaling horizontalpodautoscalers/status`,
      `${READ} batch cronjobs/status,jobs/status`,
      `${READ} coordination.k8s.io leases`,
      `${READ} events.k8s.io events`,
      `${READ} networking.k8s.io ingresses/status`,
      `${READ} node.k8s.io runtimeclasses`,
      `${READ} policy poddisruptionbudgets/status,podsecuritypolicies`,
      `${READ} rbac.authorization.k8s.io clusterrolebindings,clusterroles,rolebindings,roles`,
      `${READ} storage.k8s.io csidrivers,csinodes,storageclasses,volumeattachments,volumeattachments/status`,
      `${READ} scheduling.k8s.io priorityclasses`,
      `${READ} certificates.k8s.io certificatesigningrequests,certificatesigningrequests/approval,certificatesigningrequests/status`,
      `${READ} ${AUTHORIZATION} clusterrolebindings,clusterroles,rolebindingrestrictions,rolebindings,roles`,
      `${READ} ${BUILD} builds/details`,
      `${READ} ${IMAGE} images,imagesignatures`,
      `get ${IMAGE} imagestreams/layers`,
      `${READ} ${legacy('oauth')} oauthclientauthorizations`,
      `list,watch ${PROJECT} projects`,
      `${READ} ${PROJECT} projectrequests`,
      `${READ} ${QUOTA} clusterresourcequotas,clusterresourcequotas/status`,
      `${READ} ${NETWORK} clusternetworks,egressnetworkpolicies,hostsubnets,netnamespaces`,
      `${READ} ${SECURITY} securitycontextconstraints`,
      `${READ} security.openshift.io rangeallocations`,
      `${READ} ${TEMPLATE} brokertemplateinstances,templateinstances/status`,
      `${READ} ${USER} groups,identities,useridentitymappings,users`,
      `create ${AUTHORIZATION} localresourceaccessreviews,localsubjectaccessreviews,resourceaccessreviews,selfsubjectrulesreviews,subjectaccessreviews,subjectrulesreviews`,
      'create authorization.k8s.io localsubjectaccessreviews,selfsubjectaccessreviews,selfsubjectrulesreviews,subjectaccessreviews',
      'create authentication.k8s.io tokenreviews',
      `create ${SECURITY} ${POD_REVIEWS}`,
      'get core nodes/metrics,nodes/spec',
      'create,get core nodes/stats',
      'get *',
    ],
  },
  'cluster-debugger': { rules: ['get /debug/pprof,/debug/pprof/*,/metrics'] },
  'system:build-strategy-docker': {
    rules: [`create ${BUILD} builds/docker,builds/optimizeddocker`],
  },
  'system:build-strategy-custom': { rules: [`create ${BUILD} builds/custom`] },
  'system:build-strategy-source': { rules: [`create ${BUILD} builds/source`] },
  'system:build-strategy-jenkinspipeline': { rules: [`create ${BUILD} builds/jenkinspipeline`] },
  'storage-admin': { aggregates: ['storage.openshift.io/aggregate-to-storage-admin'] },
  'system:openshift:aggregate-to-storage-admin': {
    aggregateTo: ['storage.openshift.io/aggregate-to-storage-admin'],
    rules: [
      `${ALL} core persistentvolumes`,
      `${ALL} storage.k8s.io storageclasses`,
      `${READ} core events,persistentvolumeclaims`,
      `${READ} core pods`,
    ],
  },
  'system:openshift:aggregate-to-admin': {
    aggregateTo: ['admin'],
    rules: [
      `${ALL} ${AUTHORIZATION} rolebindings,roles`,
      `create ${AUTHORIZATION} ${LOCAL_REVIEWS}`,
      `create ${SECURITY} ${POD_REVIEWS}`,
      `${READ} ${AUTHORIZATION} rolebindingrestrictions`,
      ...EDITING,
      'admin,edit,view build.openshift.io jenkins',
      `delete,get,patch,update ${PROJECT} projects`,
      `update ${ROUTE} routes/status`,
      `create ${AUTHORIZATION} resourceaccessreviews,subjectaccessreviews`,
    ],
  },
  'system:openshift:aggregate-to-edit': {
    aggregateTo: ['edit'],
    rules: [...EDITING, 'edit,view build.openshift.io jenkins', `get ${PROJECT} projects`],
  },
  'system:openshift:aggregate-to-view': {
    aggregateTo: ['view'],
    rules: [
      `${READ} ${BUILD} ${BUILDS}`,
      `${READ} ${BUILD} builds/log`,
      'view build.openshift.io jenkins',
      `${READ} ${APPS} deploymentconfigs,deploymentconfigs/scale`,
      `${READ} ${APPS} deploymentconfigs/log,deploymentconfigs/status`,
      `${READ} ${IMAGE} ${VISIBLE_IMAGES}`,
      `${READ} ${IMAGE} imagestreams/status`,
      `get ${PROJECT} projects`,
      `${READ} ${QUOTA} appliedclusterresourcequotas`,
      `${READ} ${ROUTE} routes`,
      `${READ} ${ROUTE} routes/status`,
      `${READ} ${TEMPLATE} ${TEMPLATES}`,
      `${READ} ${BUILD} buildlogs`,
      `${READ} core resourcequotausages`,
    ],
  },
  'basic-user': {
    description: 'A user that can get basic information about projects.',
    aggregates: ['authorization.openshift.io/aggregate-to-basic-user'],
  },
  'system:openshift:aggregate-to-basic-user': {
    aggregateTo: ['authorization.openshift.io/aggregate-to-basic-user'],
    rules: [
      `get ${USER} users ~`,
      `list ${PROJECT} projectrequests`,
      `get,list ${AUTHORIZATION} clusterroles`,
      `${READ} rbac.authorization.k8s.io clusterroles`,
      'get,list storage.k8s.io storageclasses',
      `list,watch ${PROJECT} projects`,
      `create ${AUTHORIZATION} selfsubjectrulesreviews`,
      'create authorization.k8s.io selfsubjectaccessreviews',
    ],
  },
  'self-access-reviewer': {
    rules: [
      `create ${AUTHORIZATION} selfsubjectrulesreviews`,
      'create authorization.k8s.io selfsubjectaccessreviews',
    ],
  },
  'self-provisioner': {
    description: 'A user that can request projects.',
    rules: [`create ${PROJECT} projectrequests`],
  },
  'cluster-status': {
    description: 'A user that can get basic cluster status information.',
    rules: ['get /healthz,/healthz/', DISCOVERY],
  },
  'system:image-auditor': { rules: [`get,list,patch,update,watch ${IMAGE} images`] },
  'system:image-puller': {
    description: 'Grants the right to pull images from within a project.',
    rules: [`get ${IMAGE} imagestreams/layers`],
  },
  'system:image-pusher': {
    description: 'Grants the right to push and pull images from within a project.',
    rules: [`get,update ${IMAGE} imagestreams/layers`],
  },
  'system:image-builder': {
    description:
      'Grants the right to build, push and pull images from within a project.  Used primarily with service accounts for builds.',
    aggregateTo: ['admin', 'edit'],
    rules: [
      `get,update ${IMAGE} imagestreams/layers`,
      `create ${IMAGE} imagestreams`,
      `update ${BUILD} builds/details`,
      `get ${BUILD} builds`,
    ],
  },
  'system:image-pruner': {
    rules: [
      'get,list core pods,replicationcontrollers',
      'list core limitranges',
      `get,list ${BUILD} buildconfigs,builds`,
      `get,list ${APPS} deploymentconfigs`,
      'get,list batch jobs',
      'get,list batch cronjobs',
      'get,list apps daemonsets',
      'get,list apps deployments',
      'get,list apps replicasets',
      'get,list apps statefulsets',
      `delete ${IMAGE} images`,
      `${READ} ${IMAGE} images,imagestreams`,
      `update ${IMAGE} imagestreams/status`,
    ],
  },
  'system:image-signer': {
    rules: [`get ${IMAGE} images,imagestreams/layers`, `create,delete ${IMAGE} imagesignatures`],
  },
  'system:deployer': {
    description:
      'Grants the right to deploy within a project.  Used primarily with service accounts for automated deployments.',
    rules: [
      'delete core replicationcontrollers',
      'get,list,update,watch core replicationcontrollers',
      'get,update core replicationcontrollers/scale',
      'create,get,list,watch core pods',
      'get core pods/log',
      'create,list core events',
      `create,update ${IMAGE} imagestreamtags,imagetags`,
    ],
  },
  'system:master': { rules: ['* * *', '* *'] },
  'system:oauth-token-deleter': {
    rules: [`delete ${legacy('oauth')} oauthaccesstokens,oauthauthorizetokens`],
  },
  'system:router': {
    rules: [
      'list,watch discovery.k8s.io endpointslices',
      'list,watch core endpoints',
      'list,watch core services',
      'create authentication.k8s.io tokenreviews',
      'create authorization.k8s.io subjectaccessreviews',
      `list,watch ${ROUTE} routes`,
      `update ${ROUTE} routes/status`,
    ],
  },
  'system:node-admin': {
    rules: [
      `${READ} core nodes`,
      'proxy core nodes',
      '* core nodes/log,nodes/metrics,nodes/proxy,nodes/spec,nodes/stats',
    ],
  },
  'system:node-reader': {
    rules: [
      `${READ} core nodes`,
      'get core nodes/metrics,nodes/spec',
      'create,get core nodes/stats',
    ],
  },
  'system:sdn-reader': {
    rules: [
      `${READ} ${NETWORK} egressnetworkpolicies,hostsubnets,netnamespaces`,
      `${READ} core namespaces,nodes`,
      `${READ} networking.k8s.io networkpolicies`,
      `get ${NETWORK} clusternetworks`,
      'create,patch,update core events',
    ],
  },
  'system:sdn-manager': {
    rules: [
      `create,delete,get,list,watch ${NETWORK} hostsubnets,netnamespaces`,
      `create,get ${NETWORK} clusternetworks`,
      `${READ} core nodes`,
    ],
  },
  'system:webhook': { rules: [`create,get ${BUILD} buildconfigs/webhooks`] },
  'system:openshift:discovery': { rules: [DISCOVERY] },
  'registry-admin': {
    aggregateTo: ['admin'],
    rules: [
      `${ALL} core secrets,serviceaccounts`,
      `${ALL} ${IMAGE} ${IMAGES}`,
      `create ${IMAGE} imagestreamimports`,
      `get,update ${IMAGE} imagestreams/layers`,
      `${ALL} ${AUTHORIZATION} rolebindings,roles`,
      `${ALL} rbac.authorization.k8s.io rolebindings,roles`,
      `create ${AUTHORIZATION} ${LOCAL_REVIEWS}`,
      'create authorization.k8s.io localsubjectaccessreviews',
      'get core namespaces',
      `delete,get ${PROJECT} projects`,
      `create ${AUTHORIZATION} resourceaccessreviews,subjectaccessreviews`,
    ],
  },
  'registry-editor': {
    aggregateTo: ['edit'],
    rules: [
      `${ALL} core secrets,serviceaccounts`,
      `${ALL} ${IMAGE} ${IMAGES}`,
      `create ${IMAGE} imagestreamimports`,
      `get,update ${IMAGE} imagestreams/layers`,
      'get core namespaces',
      `get ${PROJECT} projects`,
    ],
  },
  'registry-viewer': {
    aggregateTo: ['view'],
    rules: [
      `${READ} ${IMAGE} ${VISIBLE_IMAGES}`,
      `get ${IMAGE} imagestreams/layers`,
      'get core namespaces',
      `get ${PROJECT} projects`,
    ],
  },
  'system:openshift:templateservicebroker-client': {
    rules: ['delete,get,put,update /brokers/template.openshift.io/*'],
  },
};

/** OPENSHIFT_CLUSTER_ROLE_BINDINGS are the ClusterRoleBindings that OpenShift adds. */
export const OPENSHIFT_CLUSTER_ROLE_BINDINGS: Readonly<Record<string, BindingEntry>> = {
  'system:masters': { role: 'system:master', subjects: ['group:system:masters'] },
  'system:node-admins': {
    role: 'system:node-admin',
    subjects: ['user:system:master', 'group:system:node-admins'],
  },
  'cluster-admins': {
    role: 'cluster-admin',
    subjects: ['group:system:cluster-admins', 'user:system:admin'],
  },
  'cluster-readers': { role: 'cluster-reader', subjects: ['group:system:cluster-readers'] },
  'basic-users': { role: 'basic-user', subjects: AUTHENTICATED },
  'self-access-reviewers': { role: 'self-access-reviewer', subjects: EVERYBODY },
  'self-provisioners': { role: 'self-provisioner', subjects: ['group:system:authenticated:oauth'] },
  'system:oauth-token-deleters': { role: 'system:oauth-token-deleter', subjects: EVERYBODY },
  'cluster-status-binding': { role: 'cluster-status', subjects: AUTHENTICATED },
  'system:node-proxiers': { role: 'system:node-proxier', subjects: ['group:system:nodes'] },
  'system:sdn-readers': { role: 'system:sdn-reader', subjects: ['group:system:nodes'] },
  'system:webhooks': { role: 'system:webhook', subjects: EVERYBODY },
  'system:openshift:discovery': { role: 'system:openshift:discovery', subjects: AUTHENTICATED },
  'system:build-strategy-docker-binding': {
    role: 'system:build-strategy-docker',
    subjects: AUTHENTICATED,
  },
  'system:build-strategy-source-binding': {
    role: 'system:build-strategy-source',
    subjects: AUTHENTICATED,
  },
  'system:build-strategy-jenkinspipeline-binding': {
    role: 'system:build-strategy-jenkinspipeline',
    subjects: AUTHENTICATED,
  },
  'system:node-bootstrapper': {
    role: 'system:node-bootstrapper',
    subjects: ['account:openshift-infra/node-bootstrapper'],
  },
  'system:scope-impersonation': { role: 'system:scope-impersonation', subjects: EVERYBODY },
};

/** OPENSHIFT_ROLES are the Roles that OpenShift adds, by `namespace/name`. */
export const OPENSHIFT_ROLES: Readonly<Record<string, RoleEntry>> = {
  'openshift/shared-resource-viewer': {
    rules: [
      `${READ} ${TEMPLATE} templates`,
      `${READ} ${IMAGE} imagestreamimages,imagestreams,imagestreamtags,imagetags`,
      `get ${IMAGE} imagestreams/layers`,
      'get core configmaps',
    ],
  },
  'openshift-node/system:node-config-reader': { rules: ['get core configmaps'] },
};

/** OPENSHIFT_ROLE_BINDINGS are the RoleBindings that OpenShift adds, by `namespace/name`. */
export const OPENSHIFT_ROLE_BINDINGS: Readonly<Record<string, BindingEntry>> = {
  'openshift/shared-resource-viewers': { role: 'shared-resource-viewer', subjects: AUTHENTICATED },
  'openshift-node/system:node-config-reader': {
    role: 'system:node-config-reader',
    subjects: ['group:system:nodes'],
  },
};
