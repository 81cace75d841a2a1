import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { parseQuantity, type Quantity, quantityValue } from '../../../machinery/quantity.ts';
import { DEVICES_SUFFIX, devicesOfClaim } from '../../resource.k8s.io/v1/claim-usage.ts';
import type { ResourceClaim } from '../../resource.k8s.io/v1/types.ts';
import { podAmountsWithOverhead } from './pod-resources.ts';
import {
  claimScopes,
  isTerminatingPod,
  meetsScope,
  NO_SCOPES,
  podScopes,
  type ScopeFacts,
  scopesOf,
} from './quota-scopes.ts';
import { type Amounts, amountsOf } from './resource-amounts.ts';
import { isExtendedResource, isHugePages, isNativeResource } from './resource-names.ts';
import type { Container, PersistentVolumeClaim, Pod, ResourceQuota, Service } from './types.ts';
import { classOf } from './volume-columns.ts';

const ONE = parseQuantity('1');
const ZERO = parseQuantity('0');
const CLASS_INFIX = '.storageclass.storage.k8s.io/';
const HUGE_REQUESTS = 'requests.hugepages-';

const whole = (count: number): Quantity => ({
  nano: BigInt(count) * 1_000_000_000n,
  format: 'DecimalSI',
});

/** QuotaEvaluator knows what objects of one resource cost a quota (pkg/quota/v1/evaluator upstream). */
export interface QuotaEvaluator {
  /** Whether a quota of this resource is one of the evaluator's. */
  counts(resource: string): boolean;
  usage(object: KubeObject, now: Date): Amounts;
  /** What the scopes of quotas ask of an object. */
  scopes(object: KubeObject): ScopeFacts;
  /** Whether a write that is not a create can change what the object costs. */
  handlesUpdate(object: KubeObject, old: KubeObject, subresource: string): boolean;
  /** What a quota demands of an object beside being paid; empty: nothing. */
  constraint(object: KubeObject, resources: readonly string[]): string;
}

/** countName is the name under which a quota counts all objects of a resource. */
function countName({ group, resource }: Pick<ResourceType, 'group' | 'resource'>): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const POD_RESOURCES = new Set([
  'pods',
  'count/pods',
  ...COMPUTE,
  ...COMPUTE.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
]);

function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage: Amounts = new Map([['pods', ONE]]);
  for (const name of COMPUTE) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (request !== undefined) usage.set(name, request).set(`requests.${name}`, request);
    if (limit !== undefined) usage.set(`limits.${name}`, limit);
  }
  for (const [name, request] of requests) {
    if (isHugePages(name)) usage.set(name, request);
    if (isHugePages(name) || isExtendedResource(name)) usage.set(`requests.${name}`, request);
  }
  return usage;
}

/** Whether a pod is not over and not stuck on its way out. */
function isCharged({ metadata, status }: Pod, now: Date): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = metadata;
  if (deletionTimestamp === undefined || grace === undefined) return true;
  return now.getTime() <= Date.parse(deletionTimestamp) + grace * 1000;
}

const podUsages = new WeakMap<object, Amounts>();

function chargedUsage(pod: Pod): Amounts {
  const { spec = { containers: [] } } = pod;
  const known = Object.isFrozen(pod) ? podUsages.get(pod) : undefined;
  if (known !== undefined) return known;
  const usage = computeUsage(
    podAmountsWithOverhead(spec, 'requests'),
    podAmountsWithOverhead(spec, 'limits'),
  );
  usage.set('count/pods', ONE);
  if (Object.isFrozen(pod)) podUsages.set(pod, usage);
  return usage;
}

const CONSTRAINED = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
);

function missingOf({ resources }: Container, wanted: readonly string[]): string[] {
  const own = computeUsage(amountsOf(resources?.requests), amountsOf(resources?.limits));
  return wanted.filter((name) => !own.has(name));
}

function podConstraint({ spec }: Pod, resources: readonly string[]): string {
  const own = spec?.resources ?? {};
  if (Object.keys(own.requests ?? {}).length + Object.keys(own.limits ?? {}).length > 0) return '';
  const wanted = resources.filter((name) => CONSTRAINED.has(name));
  const missing = new Map<string, Set<string>>();
  for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])])
    for (const name of missingOf(container, wanted))
      missing.set(name, (missing.get(name) ?? new Set()).add(container.name));
  if (missing.size === 0) return '';
  const parts = [...missing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, containers]) => `${name} for: ${[...containers].sort().join(',')}`);
  return `must specify ${parts.join('; ')}`;
}

const POD_COUNT: Amounts = new Map([['count/pods', ONE]]);

const pods: QuotaEvaluator = {
  counts: (resource) =>
    POD_RESOURCES.has(resource) ||
    isHugePages(resource) ||
    resource.startsWith(HUGE_REQUESTS) ||
    (!isNativeResource(resource) && resource.startsWith('requests.')),
  usage: (object, now) => {
    const pod = object as Pod;
    return isCharged(pod, now) ? chargedUsage(pod) : POD_COUNT;
  },
  scopes: (object) => podScopes(object as Pod),
  handlesUpdate: (object, old, subresource) =>
    subresource === 'resize' ||
    (subresource === '' && isTerminatingPod(object as Pod) !== isTerminatingPod(old as Pod)),
  constraint: (object, resources) => podConstraint(object as Pod, resources),
};

const SERVICE_RESOURCES = [
  'services',
  'count/services',
  'services.nodeports',
  'services.loadbalancers',
];

const services: QuotaEvaluator = {
  counts: (resource) => SERVICE_RESOURCES.includes(resource),
  usage: (object) => {
    const { type, ports = [], allocateLoadBalancerNodePorts } = (object as Service).spec ?? {};
    const balanced = type === 'LoadBalancer';
    const asked = ports.filter(({ nodePort }) => nodePort).length;
    const all = balanced && allocateLoadBalancerNodePorts === false ? asked : ports.length;
    return new Map([
      ['services', ONE],
      ['count/services', ONE],
      ['services.nodeports', type === 'NodePort' || balanced ? whole(all) : ZERO],
      ['services.loadbalancers', balanced ? ONE : ZERO],
    ]);
  },
  scopes: () => NO_SCOPES,
  handlesUpdate: (_object, _old, subresource) => subresource === '',
  constraint: () => '',
};

const CLAIM_RESOURCES = ['persistentvolumeclaims', 'requests.storage'];

function storageOf({ spec, status }: PersistentVolumeClaim): Quantity | undefined {
  const asked = amountsOf(spec?.resources?.requests).get('storage');
  if (asked === undefined) return undefined;
  const given = amountsOf(status?.allocatedResources).get('storage');
  const amount = given !== undefined && given.nano > asked.nano ? given : asked;
  return { nano: BigInt(quantityValue(amount)) * 1_000_000_000n, format: amount.format };
}

const claims: QuotaEvaluator = {
  counts: (resource) =>
    resource === 'count/persistentvolumeclaims' ||
    CLAIM_RESOURCES.includes(resource) ||
    CLAIM_RESOURCES.some((one) => resource.endsWith(`${CLASS_INFIX}${one}`)),
  usage: (object) => {
    const claim = object as PersistentVolumeClaim;
    const usage: Amounts = new Map([
      ['persistentvolumeclaims', ONE],
      ['count/persistentvolumeclaims', ONE],
    ]);
    const name = classOf(claim);
    if (name !== '') usage.set(`${name}${CLASS_INFIX}persistentvolumeclaims`, ONE);
    const storage = storageOf(claim);
    if (storage === undefined) return usage;
    usage.set('requests.storage', storage);
    if (name !== '') usage.set(`${name}${CLASS_INFIX}requests.storage`, storage);
    return usage;
  },
  scopes: (object) => claimScopes(object as PersistentVolumeClaim),
  handlesUpdate: (_object, _old, subresource) => subresource === '',
  constraint: () => '',
};

const resourceClaims: QuotaEvaluator = {
  counts: (resource) =>
    resource === 'count/resourceclaims.resource.k8s.io' || resource.endsWith(DEVICES_SUFFIX),
  usage: (object) => {
    const devices = [...devicesOfClaim(object as ResourceClaim)];
    return new Map([
      ['count/resourceclaims.resource.k8s.io', ONE],
      ...devices.map(([name, count]) => [name, whole(count)] as const),
    ]);
  },
  scopes: () => NO_SCOPES,
  handlesUpdate: (_object, _old, subresource) => subresource === '',
  constraint: () => '',
};

const ALIASES = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

function countEvaluator(type: Pick<ResourceType, 'group' | 'resource'>): QuotaEvaluator {
  const names = [countName(type)];
  if (type.group === '' && ALIASES.has(type.resource)) names.push(type.resource);
  const usage: Amounts = new Map(names.map((name) => [name, ONE]));
  return {
    counts: (resource) => names.includes(resource),
    usage: () => usage,
    scopes: () => NO_SCOPES,
    handlesUpdate: () => false,
    constraint: () => '',
  };
}

const known = new Map<string, QuotaEvaluator>([
  ['count/pods', pods],
  ['count/services', services],
  ['count/persistentvolumeclaims', claims],
  ['count/resourceclaims.resource.k8s.io', resourceClaims],
]);

/** evaluatorOf answers what knows the cost of the objects of a resource: at least their number. */
export function evaluatorOf(type: Pick<ResourceType, 'group' | 'resource'>): QuotaEvaluator {
  const name = countName(type);
  let evaluator = known.get(name);
  if (evaluator === undefined) {
    evaluator = countEvaluator(type);
    known.set(name, evaluator);
  }
  return evaluator;
}

/** isInScopes tells whether an object is in all scopes of a quota. */
export function isInScopes(
  quota: ResourceQuota,
  evaluator: QuotaEvaluator,
  object: KubeObject,
): boolean {
  return meetsScopes(quota, () => evaluator.scopes(object));
}

/** meetsScopes tells the same by what is known of an object. */
export function meetsScopes(quota: ResourceQuota, facts: () => ScopeFacts): boolean {
  const wanted = scopesOf(quota);
  if (wanted.length === 0) return true;
  const known = facts();
  return wanted.every((requirement) => meetsScope(known, requirement));
}
