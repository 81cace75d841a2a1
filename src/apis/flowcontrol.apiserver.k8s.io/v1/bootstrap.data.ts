import type {
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
  PriorityLevelConfigurationSpec,
  ResourcePolicyRule,
  Subject,
} from './types.ts';

const group = (name: string): Subject => ({ kind: 'Group', group: { name } });
const user = (name: string): Subject => ({ kind: 'User', user: { name } });
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const KUBE_SYSTEM_ACCOUNTS: Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { name: '*', namespace: 'kube-system' },
};

function everything(subjects: Subject[]): PolicyRulesWithSubjects {
  return {
    nonResourceRules: [{ nonResourceURLs: ['*'], verbs: ['*'] }],
    resourceRules: [
      { apiGroups: ['*'], clusterScope: true, namespaces: ['*'], resources: ['*'], verbs: ['*'] },
    ],
    subjects,
  };
}

function leases(verbs: string[]): ResourcePolicyRule {
  return { apiGroups: ['coordination.k8s.io'], namespaces: ['*'], resources: ['leases'], verbs };
}

function schema(
  level: string,
  matchingPrecedence: number,
  by: 'ByUser' | 'ByNamespace' | undefined,
  rules: PolicyRulesWithSubjects[],
): FlowSchemaSpec {
  return {
    ...(by === undefined ? {} : { distinguisherMethod: { type: by } }),
    matchingPrecedence,
    priorityLevelConfiguration: { name: level },
    rules,
  };
}

/** BOOTSTRAP_FLOW_SCHEMAS are the flow schemas that every cluster has, by name. */
export const BOOTSTRAP_FLOW_SCHEMAS: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: schema('exempt', 1, undefined, [everything([group('system:masters')])]),
  probes: schema('exempt', 2, undefined, [
    {
      nonResourceRules: [{ nonResourceURLs: ['/healthz', '/readyz', '/livez'], verbs: ['get'] }],
      subjects: EVERYBODY,
    },
  ]),
  'system-leader-election': schema('leader-election', 100, 'ByUser', [
    {
      resourceRules: [leases(['get', 'create', 'update'])],
      subjects: [
        user('system:kube-controller-manager'),
        user('system:kube-scheduler'),
        KUBE_SYSTEM_ACCOUNTS,
      ],
    },
  ]),
  'system-node-high': schema('node-high', 400, 'ByUser', [
    {
      resourceRules: [
        {
          apiGroups: [''],
          clusterScope: true,
          namespaces: ['*'],
          resources: ['nodes', 'nodes/status'],
          verbs: ['*'],
        },
        leases(['*']),
      ],
      subjects: [group('system:nodes')],
    },
  ]),
  'system-nodes': schema('system', 500, 'ByUser', [everything([group('system:nodes')])]),
  'kube-controller-manager': schema('workload-high', 800, 'ByNamespace', [
    everything([user('system:kube-controller-manager')]),
  ]),
  'kube-scheduler': schema('workload-high', 800, 'ByNamespace', [
    everything([user('system:kube-scheduler')]),
  ]),
  'kube-system-service-accounts': schema('workload-high', 900, 'ByNamespace', [
    everything([KUBE_SYSTEM_ACCOUNTS]),
  ]),
  'service-accounts': schema('workload-low', 9000, 'ByUser', [
    everything([group('system:serviceaccounts')]),
  ]),
  'global-default': schema('global-default', 9900, 'ByUser', [everything(EVERYBODY)]),
  'catch-all': schema('catch-all', 10_000, 'ByUser', [everything(EVERYBODY)]),
};

function limited(
  nominalConcurrencyShares: number,
  lendablePercent: number,
  queuing?: { readonly queues: number; readonly handSize: number },
): PriorityLevelConfigurationSpec {
  const limitResponse = queuing
    ? { queuing: { ...queuing, queueLengthLimit: 50 }, type: 'Queue' }
    : { type: 'Reject' };
  return { limited: { lendablePercent, limitResponse, nominalConcurrencyShares }, type: 'Limited' };
}

/** BOOTSTRAP_PRIORITY_LEVELS are the priority levels that every cluster has, by name. */
export const BOOTSTRAP_PRIORITY_LEVELS: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  exempt: { exempt: { lendablePercent: 0, nominalConcurrencyShares: 0 }, type: 'Exempt' },
  'leader-election': limited(10, 0, { queues: 16, handSize: 4 }),
  'node-high': limited(40, 25, { queues: 64, handSize: 6 }),
  system: limited(30, 33, { queues: 64, handSize: 6 }),
  'workload-high': limited(40, 50, { queues: 128, handSize: 6 }),
  'workload-low': limited(100, 90, { queues: 128, handSize: 6 }),
  'global-default': limited(20, 50, { queues: 128, handSize: 6 }),
  'catch-all': limited(5, 0),
};

/** MANDATORY are the names of the schemas and levels without which there is no fairness: they are kept as they are. */
export const MANDATORY: ReadonlySet<string> = new Set(['exempt', 'catch-all']);

/** AUTO_UPDATE is the annotation of objects whose spec is kept as the server has it. */
export const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';
