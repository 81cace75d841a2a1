/** Expected is how a Table shows a sample: its columns (`+` before a wide one, `:` before a type that is not string, `/` before a format), and its cells; null: what differs from time to time. */
export interface Expected {
  readonly columns: string;
  readonly cells: readonly unknown[];
}

/**
 * TABLES is how a server of Kubernetes 1.34 shows the samples of Kubernetes' own kinds (but for a third
 * cell of IPAddress, which has no column there).
 */
export const TABLES: Readonly<Record<string, Expected>> = {
  'v1 ConfigMap': { columns: 'Name, Data, Age', cells: ['sample', 1, null] },
  'v1 Secret': { columns: 'Name, Type, Data, Age', cells: ['sample', 'Opaque', 1, null] },
  'v1 ServiceAccount': { columns: 'Name, Secrets, Age', cells: ['sample', 0, null] },
  'v1 Service': {
    columns: 'Name, Type, Cluster-IP, External-IP, Port(s), Age, +Selector',
    cells: ['sample', 'ClusterIP', null, '<none>', '80/TCP', null, '<none>'],
  },
  'v1 Endpoints': { columns: 'Name, Endpoints, Age', cells: ['sample-endpoints', '<none>', null] },
  'v1 Event': {
    columns:
      'Last Seen, Type, Reason, Object, +Subobject, +Source, Message, +First Seen, +Count, +Name',
    cells: [null, 'Normal', 'Sampled', 'pod/sample', '', '', 'a sample', null, 1, 'sample'],
  },
  'v1 LimitRange': { columns: 'Name, Created At:date', cells: ['sample', null] },
  'v1 Node': {
    columns:
      'Name, Status, Roles, Age, Version, +Internal-IP, +External-IP, +OS-Image, +Kernel-Version, +Container-Runtime',
    cells: [
      'sample',
      'Unknown',
      '<none>',
      null,
      '',
      '<none>',
      '<none>',
      '<unknown>',
      '<unknown>',
      '<unknown>',
    ],
  },
  'v1 PersistentVolumeClaim': {
    columns:
      'Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, +VolumeMode',
    cells: ['sample', 'Pending', '', '', '', '', '<unset>', null, 'Filesystem'],
  },
  'v1 PersistentVolume': {
    columns:
      'Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age, +VolumeMode',
    cells: [
      'sample',
      '1Gi',
      'RWO',
      'Retain',
      'Pending',
      'elsewhere/claim',
      '',
      '<unset>',
      '',
      null,
      'Filesystem',
    ],
  },
  'v1 Pod': {
    columns: 'Name, Ready, Status, Restarts, Age, +IP, +Node, +Nominated Node, +Readiness Gates',
    cells: ['sample', '0/1', 'Pending', '0', null, '<none>', '<none>', '<none>', '<none>'],
  },
  'v1 PodTemplate': {
    columns: 'Name, Containers, Images, Pod Labels',
    cells: ['sample', 'web', 'example/web:1', 'app=conformance'],
  },
  'v1 ReplicationController': {
    columns:
      'Name, Desired:integer, Current:integer, Ready:integer, Age, +Containers, +Images, +Selector',
    cells: ['sample', 0, 0, 0, null, 'web', 'example/web:1', 'app=conformance'],
  },
  'v1 ResourceQuota': { columns: 'Name, Request, Limit, Age', cells: ['sample', '', '', null] },
  'v1 Namespace': { columns: 'Name, Status, Age', cells: ['sample-namespace', 'Active', null] },
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': {
    columns: 'Name, Webhooks:integer, Age',
    cells: ['sample', 1, null],
  },
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': {
    columns: 'Name, Webhooks:integer, Age',
    cells: ['sample', 1, null],
  },
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': {
    columns: 'Name, Validations:integer, ParamKind, Age',
    cells: ['sample', 1, '<unset>', null],
  },
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': {
    columns: 'Name, PolicyName, ParamRef, Age',
    cells: ['sample', 'absent', '<unset>', null],
  },
  'admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy': {
    columns: 'Name, Mutations:integer, ParamKind, Age',
    cells: ['sample', 1, '<unset>', null],
  },
  'admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding': {
    columns: 'Name, PolicyName, ParamRef, Age',
    cells: ['sample', 'absent', '<unset>', null],
  },
  'apiextensions.k8s.io/v1 CustomResourceDefinition': {
    columns: 'Name, Created At:date',
    cells: ['samples.conformance.example.com', null],
  },
  'apiregistration.k8s.io/v1 APIService': {
    columns: 'Name, Service, Available, Age',
    cells: ['v1.absent.example.com', 'conformance/absent', 'False (ServiceNotFound)', null],
  },
  'apps/v1 ControllerRevision': {
    columns: 'Name, Controller, Revision, Age',
    cells: ['sample', '<none>', 1, null],
  },
  'apps/v1 DaemonSet': {
    columns:
      'Name, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, Node Selector, Age, +Containers, +Images, +Selector',
    cells: ['sample', 0, 0, 0, 0, 0, '<none>', null, 'web', 'example/web:1', 'app=conformance'],
  },
  'apps/v1 Deployment': {
    columns: 'Name, Ready, Up-to-date, Available, Age, +Containers, +Images, +Selector',
    cells: ['sample', '0/0', 0, 0, null, 'web', 'example/web:1', 'app=conformance'],
  },
  'apps/v1 ReplicaSet': {
    columns:
      'Name, Desired:integer, Current:integer, Ready:integer, Age, +Containers, +Images, +Selector',
    cells: ['sample', 0, 0, 0, null, 'web', 'example/web:1', 'app=conformance'],
  },
  'apps/v1 StatefulSet': {
    columns: 'Name, Ready, Age, +Containers, +Images',
    cells: ['sample', '0/0', null, 'web', 'example/web:1'],
  },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    columns: 'Name, Reference, Targets, MinPods, MaxPods, Replicas, Age',
    cells: ['sample', 'Deployment/sample', 'cpu: <unknown>/80%', '1', 3, 0, null],
  },
  'autoscaling/v1 HorizontalPodAutoscaler': {
    columns: 'Name, Reference, Targets, MinPods, MaxPods, Replicas, Age',
    cells: ['sample-v1', 'Deployment/sample', 'cpu: <unknown>/80%', '1', 3, 0, null],
  },
  'batch/v1 Job': {
    columns: 'Name, Status, Completions, Duration, Age, +Containers, +Images, +Selector',
    cells: ['sample', 'Running', '0/1', '', null, 'web', 'example/web:1', 'app=conformance'],
  },
  'batch/v1 CronJob': {
    columns:
      'Name, Schedule, Timezone, Suspend:boolean, Active:integer, Last Schedule, Age, +Containers, +Images, +Selector',
    cells: [
      'sample',
      '0 0 1 1 *',
      '<none>',
      'False',
      0,
      '<none>',
      null,
      'web',
      'example/web:1',
      '<none>',
    ],
  },
  'certificates.k8s.io/v1 CertificateSigningRequest': {
    columns: 'Name, Age, SignerName, Requestor, RequestedDuration, Condition',
    cells: ['sample', null, 'example.com/sampler', null, '<none>', 'Pending'],
  },
  'coordination.k8s.io/v1 Lease': { columns: 'Name, Holder, Age', cells: ['sample', '', null] },
  'discovery.k8s.io/v1 EndpointSlice': {
    columns: 'Name, AddressType, Ports, Endpoints, Age',
    cells: ['sample', 'IPv4', '<unset>', '10.1.2.3', null],
  },
  'events.k8s.io/v1 Event': {
    columns:
      'Last Seen, Type, Reason, Object, +Subobject, +Source, Message, +First Seen, +Count, +Name',
    cells: [
      null,
      'Normal',
      'Sampled',
      'pod/sample',
      '',
      'example.com/sampler, sampler-1',
      '',
      null,
      1,
      'sample-new',
    ],
  },
  'flowcontrol.apiserver.k8s.io/v1 FlowSchema': {
    columns: 'Name, PriorityLevel, MatchingPrecedence, DistinguisherMethod, Age, MissingPL',
    cells: ['sample', 'exempt', 1000, '<none>', null, 'False'],
  },
  'flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration': {
    columns: 'Name, Type, NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit, Age',
    cells: ['sample', 'Limited', 30, '<none>', '<none>', '<none>', null],
  },
  'networking.k8s.io/v1 Ingress': {
    columns: 'Name, Class, Hosts, Address, Ports, Age',
    cells: ['sample', '<none>', '*', '', '80', null],
  },
  'networking.k8s.io/v1 IngressClass': {
    columns: 'Name, Controller, Parameters, Age',
    cells: ['sample', 'example.com/ingress', '<none>', null],
  },
  'networking.k8s.io/v1 NetworkPolicy': {
    columns: 'Name, Pod-Selector, Age',
    cells: ['sample', '<none>', null],
  },
  'networking.k8s.io/v1 IPAddress': {
    columns: 'Name, ParentRef',
    cells: ['192.168.7.7', 'services/conformance/sample'],
  },
  'networking.k8s.io/v1 ServiceCIDR': {
    columns: 'Name, CIDRs, Age',
    cells: ['sample', '192.168.8.0/24', null],
  },
  'node.k8s.io/v1 RuntimeClass': {
    columns: 'Name, Handler, Age',
    cells: ['sample', 'sample', null],
  },
  'policy/v1 PodDisruptionBudget': {
    columns: 'Name, Min Available, Max Unavailable, Allowed Disruptions:integer, Age',
    cells: ['sample', '1', 'N/A', 0, null],
  },
  'rbac.authorization.k8s.io/v1 ClusterRole': {
    columns: 'Name, Created At:date',
    cells: ['sample', null],
  },
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': {
    columns: 'Name, Role, Age, +Users, +Groups, +ServiceAccounts',
    cells: ['sample', 'ClusterRole/view', null, '', '', 'conformance/default'],
  },
  'rbac.authorization.k8s.io/v1 Role': {
    columns: 'Name, Created At:date',
    cells: ['sample', null],
  },
  'rbac.authorization.k8s.io/v1 RoleBinding': {
    columns: 'Name, Role, Age, +Users, +Groups, +ServiceAccounts',
    cells: ['sample', 'ClusterRole/view', null, '', '', 'conformance/default'],
  },
  'resource.k8s.io/v1 DeviceClass': { columns: 'Name, Age', cells: ['sample', null] },
  'resource.k8s.io/v1 ResourceClaim': {
    columns: 'Name, State, Age',
    cells: ['sample', 'pending', null],
  },
  'resource.k8s.io/v1 ResourceClaimTemplate': { columns: 'Name, Age', cells: ['sample', null] },
  'resource.k8s.io/v1 ResourceSlice': {
    columns: 'Name, Node, Driver, Pool, Age',
    cells: ['sample', '', 'driver.example.com', 'sample', null],
  },
  'scheduling.k8s.io/v1 PriorityClass': {
    columns: 'Name, Value:integer, Global-Default:boolean, Age, PreemptionPolicy',
    cells: ['sample', 7, false, null, 'PreemptLowerPriority'],
  },
  'storage.k8s.io/v1 CSIDriver': {
    columns:
      'Name, AttachRequired:boolean, PodInfoOnMount:boolean, StorageCapacity:boolean, TokenRequests, RequiresRepublish:boolean, Modes, Age',
    cells: ['sample', true, false, false, '<unset>', false, 'Persistent', null],
  },
  'storage.k8s.io/v1 CSINode': {
    columns: 'Name, Drivers:integer, Age',
    cells: ['sample', 0, null],
  },
  'storage.k8s.io/v1 CSIStorageCapacity': {
    columns: 'Name, Created At:date',
    cells: ['sample', null],
  },
  'storage.k8s.io/v1 StorageClass': {
    columns: 'Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age',
    cells: ['sample', 'example.com/none', 'Delete', 'Immediate', false, null],
  },
  'storage.k8s.io/v1 VolumeAttachment': {
    columns: 'Name, Attacher/name, PV, Node, Attached:boolean, Age',
    cells: ['sample', 'attacher.example.com', 'sample', 'sample', false, null],
  },
  'storage.k8s.io/v1 VolumeAttributesClass': {
    columns: 'Name, DriverName, Age',
    cells: ['sample', 'driver.example.com', null],
  },
};
