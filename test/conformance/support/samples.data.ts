import type { KubeObject } from '../../../src/machinery/object.ts';

type Sample = KubeObject & Record<string, unknown>;

const labels = { app: 'conformance' };
const meta = { name: 'sample', labels };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'example/web:1' }] },
};
const podSpec = {
  ...template.spec,
  automountServiceAccountToken: false,
  serviceAccountName: 'default',
};
const batchTemplate = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const selector = { matchLabels: labels };
const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: 'conformance' }];
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const webhook = {
  name: 'sample.example.com',
  clientConfig: { url: 'https://127.0.0.1:1/' },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  failurePolicy: 'Ignore',
  namespaceSelector: { matchLabels: { 'no-such-label': 'true' } },
};
const matchConstraints = {
  namespaceSelector: { matchLabels: { 'no-such-label': 'true' } },
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ],
};
const crdVersion = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object' } },
};

/** REQUEST is a PKCS #10 request for the name `sample`, signed with a key that nobody kept. */
export const REQUEST = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlITU1ITUNBUUF3RVRFUE1BMEdB',
  'MVVFQXd3R2MyRnRjR3hsTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowRApBUWNEUWdBRSt1SWMw',
  'M1hNVFMxSkE4TXljSjZ4czRZWTlzOHk1UGlKVE4zdnRYSWI4elNrYVV3K0hwWmE2bzNJCncyN0gx',
  'SU9LMkZ6L3hSSzYwRWkrSEpBQUFzMjR2NkFBTUFvR0NDcUdTTTQ5QkFNQ0Ewa0FNRVlDSVFEc2E5',
  'V0oKNkl6Wk5TTGZVWnNQTC82MW5UbXRLWCtBZ2Q2Wk9LNUdtYTQrbFFJaEFNU2JMV1ZKYitxMFRL',
  'ZGFwbGpDMm92VgpDN1lHYWJDcUkwdmlldCtZYXVSRQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFV',
  'RVNULS0tLS0K',
].join('');

/** SAMPLES are a valid object of each resource that is created whole, as few fields as it needs. */
export const SAMPLES: readonly Sample[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { key: 'value' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta, data: { key: 'dmFsdWU=' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
  { apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { ports: [{ port: 80 }] } },
  { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...meta, name: 'sample-endpoints' } },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta,
    involvedObject: { kind: 'Pod', namespace: 'conformance', name: 'sample' },
    reason: 'Sampled',
    message: 'a sample',
    type: 'Normal',
  },
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: meta,
    spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Ti' } }] },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: meta },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: meta,
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: '/data' },
      claimRef: { namespace: 'elsewhere', name: 'claim' },
    },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: meta, spec: podSpec },
  { apiVersion: 'v1', kind: 'PodTemplate', metadata: meta, template },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: meta,
    spec: { replicas: 0, selector: labels, template },
  },
  { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta, spec: { hard: { pods: '100' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { ...meta, name: 'sample-namespace' } },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: meta,
    webhooks: [webhook],
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: meta,
    webhooks: [webhook],
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: meta,
    spec: { matchConstraints, validations: [{ expression: 'true' }] },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: meta,
    spec: { policyName: 'absent', validationActions: ['Deny'] },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kind: 'MutatingAdmissionPolicy',
    metadata: meta,
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [
        { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: meta,
    spec: { policyName: 'absent' },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { ...meta, name: 'samples.conformance.example.com' },
    spec: {
      group: 'conformance.example.com',
      scope: 'Namespaced',
      names: { plural: 'samples', kind: 'Sample' },
      versions: [crdVersion],
    },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { ...meta, name: 'v1.absent.example.com' },
    spec: {
      group: 'absent.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: 'conformance', name: 'absent' },
    },
  },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: meta, revision: 1, data: {} },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta, spec: { selector, template } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta,
    spec: { replicas: 0, selector, template },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta,
    spec: { replicas: 0, selector, template },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta,
    spec: { replicas: 0, serviceName: 'sample', selector, template },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta,
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sample' },
    },
  },
  {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...meta, name: 'sample-v1' },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sample' },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta,
    spec: { manualSelector: true, selector, template: batchTemplate },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta,
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: batchTemplate } } },
  },
  {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: meta,
    spec: { signerName: 'example.com/sampler', usages: ['client auth'], request: REQUEST },
  },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta, spec: {} },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta,
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.2.3'] }],
  },
  {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { ...meta, name: 'sample-new' },
    eventTime: '2026-01-02T03:04:05.000006Z',
    action: 'Sample',
    reason: 'Sampled',
    reportingController: 'example.com/sampler',
    reportingInstance: 'sampler-1',
    regarding: { kind: 'Pod', namespace: 'conformance', name: 'sample' },
    type: 'Normal',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: meta,
    spec: { priorityLevelConfiguration: { name: 'exempt' } },
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: meta,
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta,
    spec: { defaultBackend: { service: { name: 'sample', port: { number: 80 } } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: meta,
    spec: { controller: 'example.com/ingress' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta,
    spec: { podSelector: {} },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { ...meta, name: '192.168.7.7' },
    spec: { parentRef: { resource: 'services', namespace: 'conformance', name: 'sample' } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: meta,
    spec: { cidrs: ['192.168.8.0/24'] },
  },
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: meta, handler: 'sample' },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta,
    spec: { minAvailable: 1, selector },
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: meta, rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: meta,
    roleRef: role,
    subjects,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta, rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta,
    roleRef: role,
    subjects,
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'DeviceClass',
    metadata: meta,
    spec: { selectors: [{ cel: { expression: "device.driver == 'driver.example.com'" } }] },
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: meta,
    spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'sample' } }] } },
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: meta,
    spec: {
      spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'sample' } }] } },
    },
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: meta,
    spec: {
      driver: 'driver.example.com',
      pool: { name: 'sample', generation: 1, resourceSliceCount: 1 },
      allNodes: true,
      devices: [{ name: 'one', capacity: { memory: { value: '1Gi' } } }],
    },
  },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: meta, value: 7 },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: meta, spec: {} },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: meta, spec: { drivers: [] } },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    metadata: meta,
    storageClassName: 'sample',
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: meta,
    provisioner: 'example.com/none',
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: meta,
    spec: {
      attacher: 'attacher.example.com',
      nodeName: 'sample',
      source: { persistentVolumeName: 'sample' },
    },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    metadata: meta,
    driverName: 'driver.example.com',
    parameters: { speed: 'slow' },
  },
];
