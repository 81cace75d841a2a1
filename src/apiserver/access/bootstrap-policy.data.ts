import type { PolicyRule } from '../../apis/rbac.authorization.k8s.io/v1/types.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL = [...READ, ...WRITE];
const rule = (verbs: string[], apiGroups: string[], resources: string[]): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
});
/** legacy covers a group of OpenShift and its old place in the core group, as OpenShift's own roles do. */
const legacy = (group: string) => ['', `${group}.openshift.io`];

const WORKLOADS = [
  'configmaps',
  'endpoints',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'serviceaccounts',
  'services',
];
const BUILDS = ['buildconfigs', 'buildconfigs/webhooks', 'builds'];
const DEPLOYMENTS = ['deploymentconfigs', 'deploymentconfigs/scale'];
const APPS = ['deployments', 'deployments/scale', 'replicasets', 'replicasets/scale'];
const IMAGES = [
  'imagestreamimages',
  'imagestreammappings',
  'imagestreams',
  'imagestreams/secrets',
  'imagestreamtags',
  'imagetags',
];

const VIEW_RULES: PolicyRule[] = [
  rule(
    READ,
    [''],
    [...WORKLOADS, 'events', 'namespaces', 'namespaces/status', 'pods/log', 'pods/status'],
  ),
  rule(
    READ,
    [''],
    ['replicationcontrollers/status', 'services/status', 'limitranges', 'resourcequotas'],
  ),
  rule(READ, ['discovery.k8s.io'], ['endpointslices']),
  rule(READ, ['apps'], [...APPS, 'deployments/status', 'replicasets/status']),
  rule(READ, legacy('build'), [...BUILDS, 'builds/log']),
  rule(READ, legacy('apps'), [...DEPLOYMENTS, 'deploymentconfigs/log', 'deploymentconfigs/status']),
  rule(READ, legacy('image'), [
    ...IMAGES.filter((one) => !one.endsWith('secrets')),
    'imagestreams/status',
  ]),
  rule(READ, legacy('route'), ['routes', 'routes/status']),
  rule(['get'], legacy('project'), ['projects']),
];

const EDIT_RULES: PolicyRule[] = [
  ...VIEW_RULES,
  rule(ALL, [''], [...WORKLOADS, 'secrets']),
  rule(['get', 'create'], [''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy']),
  rule(['create'], [''], ['pods/eviction', 'serviceaccounts/token']),
  rule(['impersonate'], [''], ['serviceaccounts']),
  rule(ALL, ['apps'], APPS),
  rule(ALL, legacy('build'), BUILDS),
  rule(['create'], legacy('build'), [
    'buildconfigs/instantiate',
    'buildconfigs/instantiatebinary',
    'builds/clone',
  ]),
  rule(['update'], legacy('build'), ['builds/details']),
  rule(ALL, legacy('apps'), DEPLOYMENTS),
  rule(['create'], legacy('apps'), [
    'deploymentconfigs/instantiate',
    'deploymentconfigs/rollback',
    'deploymentconfigrollbacks',
  ]),
  rule(ALL, legacy('image'), IMAGES),
  rule(['get', 'update'], legacy('image'), ['imagestreams/layers']),
  rule(['create'], legacy('image'), ['imagestreamimports']),
  rule(ALL, legacy('route'), ['routes']),
  rule(['create'], legacy('route'), ['routes/custom-host']),
];

const ADMIN_RULES: PolicyRule[] = [
  ...EDIT_RULES,
  rule(ALL, ['rbac.authorization.k8s.io'], ['roles', 'rolebindings']),
  rule(['get', 'delete', 'patch', 'update'], legacy('project'), ['projects']),
  rule(['create'], ['authorization.k8s.io'], ['localsubjectaccessreviews']),
];

const PULL = rule(['get'], legacy('image'), ['imagestreams/layers']);

/** CLUSTER_ROLES are the rules of the roles that exist from the first start on. */
export const CLUSTER_ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [rule(['*'], ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
  admin: ADMIN_RULES,
  edit: EDIT_RULES,
  view: VIEW_RULES,
  'basic-user': [
    rule(['list', 'watch'], legacy('project'), ['projects']),
    rule(['list'], legacy('project'), ['projectrequests']),
    rule(
      ['create'],
      ['authorization.k8s.io'],
      ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    ),
    rule(['create'], ['authentication.k8s.io'], ['selfsubjectreviews']),
    rule(['get', 'list'], ['rbac.authorization.k8s.io'], ['clusterroles']),
    rule(['get'], legacy('user'), ['users']),
  ],
  'self-provisioner': [rule(['create'], legacy('project'), ['projectrequests'])],
  'system:image-puller': [PULL],
  'system:image-pusher': [rule(['get', 'update'], legacy('image'), ['imagestreams/layers'])],
  'system:image-builder': [
    rule(['get', 'update'], legacy('image'), ['imagestreams/layers']),
    rule(['create'], legacy('image'), ['imagestreams']),
    rule(['get', 'list', 'watch', 'patch', 'update'], legacy('build'), [
      'builds',
      'builds/details',
    ]),
    rule(['get'], legacy('build'), ['builds']),
  ],
  'system:deployer': [
    rule(['delete', 'get', 'list', 'update'], [''], ['replicationcontrollers']),
    rule(['create', 'get', 'list', 'watch'], [''], ['pods']),
    rule(['get'], [''], ['pods/log']),
    rule(['create', 'list'], [''], ['events']),
    rule(['create', 'update'], legacy('image'), ['imagestreamtags', 'imagetags']),
  ],
  'system:discovery': [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
    },
  ],
  'system:public-info-viewer': [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/healthz',
        '/livez',
        '/readyz',
        '/version',
        '/version/',
        '/.well-known',
        '/.well-known/*',
      ],
    },
  ],
};

/** CLUSTER_ROLE_BINDINGS names role and groups of the bindings that exist from the first start on. */
export const CLUSTER_ROLE_BINDINGS: Readonly<
  Record<string, { readonly role: string; readonly groups: readonly string[] }>
> = {
  'cluster-admin': { role: 'cluster-admin', groups: ['system:masters'] },
  'basic-users': { role: 'basic-user', groups: ['system:authenticated'] },
  'self-provisioners': { role: 'self-provisioner', groups: ['system:authenticated:oauth'] },
  'system:discovery': { role: 'system:discovery', groups: ['system:authenticated'] },
  'system:public-info-viewer': {
    role: 'system:public-info-viewer',
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
};

/** SHARED_RESOURCE_RULES: whoever is authenticated may use the images of project `openshift` (role shared-resource-viewer). */
export const SHARED_RESOURCE_RULES: readonly PolicyRule[] = [
  rule(READ, legacy('image'), [
    'imagestreamimages',
    'imagestreams',
    'imagestreamtags',
    'imagetags',
  ]),
  rule(READ, legacy('template'), ['templates']),
  PULL,
];
