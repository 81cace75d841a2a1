import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Node, PersistentVolumeClaim, Pod, PodSpec } from '../apis/core/v1/types.ts';
import type { Ingress } from '../apis/networking.k8s.io/v1/types.ts';
import * as types from '../apis/resource-types.ts';
import type { ResourceDefinition } from '../apiserver/resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../apiserver/testing/test-api-server.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';
import { newClaimResize } from './claim-resize/claim-resize.ts';
import { newDefaultIngressClass } from './default-ingress-class/default-ingress-class.ts';
import { newDefaultStorageClass } from './default-storage-class/default-storage-class.ts';
import { newDefaultTolerationSeconds } from './default-toleration-seconds/default-toleration-seconds.ts';
import { newLimitRanger } from './limit-ranger/limit-ranger.ts';
import { newNodeTaint } from './node-taint/node-taint.ts';
import { newPriority } from './priority/priority.ts';
import { newRuntimeClass } from './runtime-class/runtime-class.ts';
import { newStorageProtection } from './storage-protection/storage-protection.ts';

const DEFINITIONS: readonly (readonly [ResourceType, string])[] = [
  [types.PODS, 'core.v1.Pod'],
  [types.NODES, 'core.v1.Node'],
  [types.LIMIT_RANGES, 'core.v1.LimitRange'],
  [types.PERSISTENT_VOLUME_CLAIMS, 'core.v1.PersistentVolumeClaim'],
  [types.STORAGE_CLASSES, 'storage.v1.StorageClass'],
  [types.PRIORITY_CLASSES, 'scheduling.v1.PriorityClass'],
  [types.RUNTIME_CLASSES, 'node.v1.RuntimeClass'],
  [types.INGRESSES, 'networking.v1.Ingress'],
  [types.INGRESS_CLASSES, 'networking.v1.IngressClass'],
];

let api: TestApiServer;

beforeEach(async () => {
  const cache = { cache: () => api.server.cache };
  api = await startTestApiServer(
    DEFINITIONS.map(
      ([type, name]): ResourceDefinition => ({ type, definition: `io.k8s.api.${name}` }),
    ),
    {
      admission: [
        newLimitRanger(cache),
        newNodeTaint(),
        newPriority(cache),
        newDefaultTolerationSeconds(),
        newStorageProtection(),
        newDefaultStorageClass(cache),
        newClaimResize(cache),
        newRuntimeClass(cache),
        newDefaultIngressClass(cache),
      ],
    },
  );
});
afterEach(() => api.close());

type Fields = Readonly<Record<string, unknown>>;

function create<T extends KubeObject>(
  type: ResourceType<T>,
  name: string,
  fields: Fields = {},
  annotations: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { group, version, kind, namespaced } = type;
  const metadata = { name, annotations, ...(namespaced && { namespace: 'ns' }) };
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return api.client.create(type, { apiVersion, kind, metadata, ...fields } as unknown as T);
}

function createPod(spec: Partial<PodSpec> = {}, name = 'p'): Promise<Pod> {
  return create(types.PODS, name, { spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
}

const container = (name: string, requests: Fields, limits: Fields) => ({
  name,
  image: 'i',
  resources: { requests, limits } as { requests: Record<string, string> },
});

describe('LimitRanger', () => {
  const range = (...limits: Fields[]) => create(types.LIMIT_RANGES, 'l', { spec: { limits } });

  it('gives containers what they lack, and says so', async () => {
    await range({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '500m' } });
    const { spec, metadata } = await createPod({
      containers: [container('a', {}, {}), container('b', { cpu: '100m' }, {})],
    });
    expect(spec?.containers.map(({ resources }) => resources)).toEqual([
      { requests: { cpu: '500m' }, limits: { cpu: '1' } },
      { requests: { cpu: '100m' }, limits: { cpu: '1' } },
    ]);
    expect(metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container a; cpu limit for container a; cpu limit for container b',
    );
  });

  it.each<[string, Fields, Fields, Fields, string]>([
    [
      'less than the least',
      { min: { cpu: '200m' } },
      { cpu: '100m' },
      {},
      'minimum cpu usage per Container is 200m, but request is 100m',
    ],
    [
      'no request where there is a least',
      { min: { cpu: '200m' } },
      {},
      {},
      'minimum cpu usage per Container is 200m.  No request is specified',
    ],
    [
      'more than the most',
      { max: { memory: '1Gi' } },
      {},
      { memory: '2Gi' },
      'maximum memory usage per Container is 1Gi, but limit is 2Gi',
    ],
    [
      'too much for its request',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '100m' },
      { cpu: '500m' },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000',
    ],
  ])('refuses %s', async (_what, bounds, requests, limits, text) => {
    await range({ type: 'Container', ...bounds });
    await expect(createPod({ containers: [container('c', requests, limits)] })).rejects.toThrow(
      `pods "p" is forbidden: ${text}`,
    );
  });

  it('adds up the containers of a pod, with sidecars and the largest init container', async () => {
    await range({ type: 'Pod', max: { cpu: '2' } });
    const one = (name: string, cpu: string, more: object = {}) => ({
      ...container(name, { cpu }, { cpu }),
      ...more,
    });
    await createPod({
      containers: [one('a', '1'), one('b', '500m')],
      initContainers: [one('s', '500m', { restartPolicy: 'Always' }), one('i', '1500m')],
    });
    await expect(
      createPod({ containers: [one('a', '1')], initContainers: [one('i', '2500m')] }, 'q'),
    ).rejects.toThrow('maximum cpu usage per Pod is 2, but limit is 2500m');
  });

  it('bounds claims', async () => {
    await range({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } });
    const spec = { resources: { requests: { storage: '2Gi' } } };
    await expect(create(types.PERSISTENT_VOLUME_CLAIMS, 'v', { spec })).rejects.toThrow(
      'maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
    );
  });
});

describe('Priority', () => {
  it('takes the value of the class, of the default class, or zero', async () => {
    expect((await createPod({}, 'a')).spec).toMatchObject({ priority: 0 });
    await create(types.PRIORITY_CLASSES, 'd', {
      value: 7,
      globalDefault: true,
      preemptionPolicy: 'Never',
    });
    expect((await createPod({}, 'b')).spec).toMatchObject({
      priorityClassName: 'd',
      priority: 7,
      preemptionPolicy: 'Never',
    });
    const system = await createPod({ priorityClassName: 'system-node-critical' }, 'c');
    expect(system.spec?.priority).toBe(2_000_001_000);
  });

  it('refuses unknown classes, other values, a second default and losing a class of the system', async () => {
    await expect(createPod({ priorityClassName: 'x' })).rejects.toThrow(
      'no PriorityClass with name x was found',
    );
    await expect(createPod({ priority: 5 })).rejects.toThrow(
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0',
    );
    await create(types.PRIORITY_CLASSES, 'd', { value: 7, globalDefault: true });
    await expect(
      create(types.PRIORITY_CLASSES, 'e', { value: 8, globalDefault: true }),
    ).rejects.toThrow('PriorityClass d is already marked as default. Only one default can exist');
    const name = 'system-cluster-critical';
    await create(types.PRIORITY_CLASSES, name, { value: 2_000_000_000 });
    await expect(api.client.delete(types.PRIORITY_CLASSES, { name })).rejects.toThrow(
      'this is a system priority class and cannot be deleted',
    );
  });
});

describe('taints and tolerations', () => {
  it('lets pods stay five minutes on a lost node, unless they say otherwise', async () => {
    const { spec } = await createPod();
    expect(spec?.tolerations?.map(({ key }) => key)).toEqual([
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
    ]);
    const tolerations = [{ operator: 'Exists' }];
    expect((await createPod({ tolerations }, 'q')).spec?.tolerations).toEqual(tolerations);
  });

  it('keeps pods from new nodes', async () => {
    const node: Node = await create(types.NODES, 'n');
    expect(node.spec?.taints).toEqual([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ]);
  });
});

describe('storage', () => {
  const claim = (name: string, spec: Fields = {}): Promise<PersistentVolumeClaim> =>
    create(types.PERSISTENT_VOLUME_CLAIMS, name, {
      spec: { resources: { requests: { storage: '1Gi' } }, ...spec },
    });
  const DEFAULT = { 'storageclass.kubernetes.io/is-default-class': 'true' };

  it('protects claims and gives them the default class', async () => {
    await create(types.STORAGE_CLASSES, 'gold', { provisioner: 'x' }, DEFAULT);
    const made = await claim('a');
    expect(made.spec?.storageClassName).toBe('gold');
    expect(made.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    expect((await claim('b', { storageClassName: '' })).spec?.storageClassName).toBe('');
  });

  it('lets only bound claims of classes that allow it grow', async () => {
    await create(types.STORAGE_CLASSES, 'gold', { provisioner: 'x', allowVolumeExpansion: true });
    await create(types.STORAGE_CLASSES, 'tin', { provisioner: 'x' });
    const grow = (made: PersistentVolumeClaim, phase: string) =>
      api.client
        .update(types.PERSISTENT_VOLUME_CLAIMS, { ...made, status: { phase } })
        .then((one) =>
          api.client.update(types.PERSISTENT_VOLUME_CLAIMS, {
            ...one,
            spec: { ...one.spec, resources: { requests: { storage: '2Gi' } } },
          }),
        );
    await expect(grow(await claim('a', { storageClassName: 'gold' }), 'Pending')).rejects.toThrow(
      'Only bound persistent volume claims can be expanded',
    );
    await expect(grow(await claim('b', { storageClassName: 'tin' }), 'Bound')).rejects.toThrow(
      'only dynamically provisioned pvc can be resized',
    );
    await grow(await claim('c', { storageClassName: 'gold' }), 'Bound');
  });
});

describe('RuntimeClass', () => {
  it('gives pods overhead and place of their class', async () => {
    await create(types.RUNTIME_CLASSES, 'r', {
      handler: 'h',
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { a: 'b' } },
    });
    expect((await createPod({ runtimeClassName: 'r' })).spec).toMatchObject({
      overhead: { cpu: '250m' },
      nodeSelector: { a: 'b' },
    });
    await expect(
      createPod({ runtimeClassName: 'r', nodeSelector: { a: 'c' } }, 'q'),
    ).rejects.toThrow('conflict: runtimeClass.scheduling.nodeSelector[a] = b');
    await expect(createPod({ runtimeClassName: '' }, 'q')).rejects.toMatchObject({
      code: 400,
      message: 'resource name may not be empty',
    });
    await expect(createPod({ runtimeClassName: 'x' }, 'q')).rejects.toThrow(
      'pod rejected: RuntimeClass "x" not found',
    );
    await expect(createPod({ overhead: { cpu: '1' } }, 'q')).rejects.toThrow(
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  });
});

describe('DefaultIngressClass', () => {
  it('names the newest default class where an ingress names none', async () => {
    const DEFAULT = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    await create(types.INGRESS_CLASSES, 'c', { spec: { controller: 'a/b' } }, DEFAULT);
    const made: Ingress = await create(types.INGRESSES, 'a', { spec: {} });
    expect(made.spec?.ingressClassName).toBe('c');
    const old = { 'kubernetes.io/ingress.class': 'x' };
    const annotated: Ingress = await create(types.INGRESSES, 'b', { spec: {} }, old);
    expect(annotated.spec?.ingressClassName).toBeUndefined();
  });
});
