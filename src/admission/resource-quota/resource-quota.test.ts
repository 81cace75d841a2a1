import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod, ResourceQuota } from '../../apis/core/v1/types.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SERVICES,
} from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../../apiserver/testing/test-api-server.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newResourceQuota, type ResourceQuotaAdmission } from './resource-quota.ts';

const KINDS = [
  PODS,
  SERVICES,
  CONFIG_MAPS,
  PERSISTENT_VOLUME_CLAIMS,
  RESOURCE_QUOTAS,
] as readonly ResourceType[];
const definitions: ResourceDefinition[] = [
  ...KINDS.map((type) => ({ type, definition: `io.k8s.api.core.v1.${type.kind}` })),
  { type: DEPLOYMENTS as ResourceType, definition: 'io.k8s.api.apps.v1.Deployment' },
];

/** The same objects as deployments, in another group. */
const OTHERS: ResourceType = { ...DEPLOYMENTS, group: 'other', resource: 'others' };
const others: ResourceDefinition = {
  type: OTHERS,
  definition: 'io.k8s.api.apps.v1.Deployment',
  storedAs: {
    type: DEPLOYMENTS,
    toStored: (objects) => objects.map((one) => ({ ...one, apiVersion: 'apps/v1' })),
    fromStored: (objects) => objects.map((one) => ({ ...one, apiVersion: 'other/v1' })),
  },
};

let api: TestApiServer;
let plugin: ResourceQuotaAdmission;

beforeEach(async () => {
  plugin = newResourceQuota({
    cache: () => api.server.cache,
    resources: () => definitions.map((one) => one.type),
  });
  api = await startTestApiServer([...definitions, others], { admission: [plugin] });
});
afterEach(() => api.close());

function pod(name: string, cpu?: string, more: Partial<Pod['spec']> = {}): Pod {
  const resources = cpu === undefined ? {} : { requests: { cpu }, limits: { cpu } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns' },
    spec: { containers: [{ name: 'c', image: 'i', resources }], ...more },
  };
}

function quota(hard: Record<string, string>, more: object = {}) {
  return api.client.create(RESOURCE_QUOTAS, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'ns' },
    spec: { hard, ...more },
  });
}

function object(type: ResourceType, name: string, fields: object = {}): KubeObject {
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  return { apiVersion, kind: type.kind, metadata: { name, namespace: 'ns' }, ...fields };
}

const used = (one: ResourceQuota) => plugin.usage(one, new Date());

describe('a quota', () => {
  it('lets further versions of a resource pass that are not stored as such', async () => {
    await quota({ pods: '1', 'count/others.other': '0' });
    const made = await api.client.create(OTHERS, object(OTHERS, 'a'));
    expect(made.metadata.name).toBe('a');
  });

  it('is exact when a hundred pods come at once', async () => {
    const made = await quota({ pods: '10', cpu: '1' });
    const tries = Array.from({ length: 100 }, (_, index) =>
      api.client.create(PODS, pod(`p${index}`, '100m')),
    );
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await used(made)).toEqual({ pods: '10', cpu: '1' });
  });

  it('says what was asked, what is used and what is allowed', async () => {
    await quota({ cpu: '1', pods: '5' });
    await api.client.create(PODS, pod('a', '700m'));
    await expect(api.client.create(PODS, pod('b', '400m'))).rejects.toMatchObject({
      code: 403,
      message:
        'pods "b" is forbidden: exceeded quota: q, requested: cpu=400m, used: cpu=700m, limited: cpu=1',
    });
  });

  it('demands that containers say what they need', async () => {
    await quota({ 'limits.memory': '1Gi', cpu: '1' });
    await expect(api.client.create(PODS, pod('a'))).rejects.toMatchObject({
      message:
        'pods "a" is forbidden: failed quota: q: must specify cpu for: c; limits.memory for: c',
    });
  });

  it('is not charged by a dry run, by a refused write, or by what is gone or over', async () => {
    const made = await quota({ pods: '1' });
    await api.client.create(PODS, pod('a'), { dryRun: true });
    await expect(api.client.create(PODS, pod('Bad Name'))).rejects.toThrow();
    await api.client.create(PODS, pod('a'));
    await expect(api.client.create(PODS, pod('b'))).rejects.toThrow('exceeded quota');
    await api.client.delete(PODS, { namespace: 'ns', name: 'a' });
    const second = await api.client.create(PODS, pod('b'));
    await api.client.update(PODS, { ...second, status: { phase: 'Succeeded' } });
    expect(await used(made)).toEqual({ pods: '0' });
    await api.client.create(PODS, pod('c'));
  });

  it('counts objects of any resource', async () => {
    const made = await quota({ 'count/deployments.apps': '1', configmaps: '1' });
    await api.client.create(DEPLOYMENTS as ResourceType, object(DEPLOYMENTS, 'a'));
    await expect(
      api.client.create(DEPLOYMENTS as ResourceType, object(DEPLOYMENTS, 'b')),
    ).rejects.toThrow(
      'exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1',
    );
    await api.client.create(CONFIG_MAPS, object(CONFIG_MAPS, 'a'));
    expect(await used(made)).toEqual({ 'count/deployments.apps': '1', configmaps: '1' });
  });

  it('charges a service that changes its type', async () => {
    await quota({ 'services.nodeports': '1', 'services.loadbalancers': '0' });
    const ports = [
      { port: 80, name: 'a' },
      { port: 81, name: 'b' },
    ];
    const type = SERVICES as ResourceType;
    const made = await api.client.create(type, object(type, 's', { spec: { ports } }));
    await expect(
      api.client.update(type, { ...made, spec: { ports, type: 'NodePort' } } as KubeObject),
    ).rejects.toThrow('requested: services.nodeports=2, used: services.nodeports=0');
    await expect(
      api.client.update(type, { ...made, spec: { ports: [], type: 'LoadBalancer' } } as KubeObject),
    ).rejects.toThrow('services.loadbalancers=1');
  });

  it('charges claims by storage class', async () => {
    const name = 'gold.storageclass.storage.k8s.io/requests.storage';
    await quota({ [name]: '5Gi' });
    const claim = (size: string, storageClassName: string) =>
      object(PERSISTENT_VOLUME_CLAIMS, `${storageClassName}-${size.toLowerCase()}`, {
        spec: { storageClassName, resources: { requests: { storage: size } } },
      });
    const type = PERSISTENT_VOLUME_CLAIMS as ResourceType;
    await api.client.create(type, claim('10Gi', 'tin'));
    await api.client.create(type, claim('4Gi', 'gold'));
    await expect(api.client.create(type, claim('2Gi', 'gold'))).rejects.toThrow(
      `requested: ${name}=2Gi, used: ${name}=4Gi, limited: ${name}=5Gi`,
    );
  });

  it.each<[string, object, Partial<Pod['spec']>, boolean]>([
    ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, true],
    ['Terminating', { scopes: ['Terminating'] }, {}, false],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, {}, false],
    ['BestEffort', { scopes: ['BestEffort'] }, {}, true],
    [
      'PriorityClass',
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
        },
      },
      { priorityClassName: 'high' },
      true,
    ],
    [
      'PriorityClass',
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
        },
      },
      { priorityClassName: 'low' },
      false,
    ],
  ])('with the scope %s %j takes a pod %j: %s', async (_scope, scopes, spec, refused) => {
    await quota({ pods: '0' }, scopes);
    const made = api.client.create(PODS, pod('a', undefined, spec));
    if (refused) await expect(made).rejects.toThrow('exceeded quota');
    else await expect(made).resolves.toBeDefined();
  });
});
