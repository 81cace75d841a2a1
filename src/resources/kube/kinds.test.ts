import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as types from '../../apis/resource-types.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isStatusError } from '../../machinery/status-error.ts';
import { type KubeServer, startKubeServer } from './testing/kube-server.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

type Fields = Readonly<Record<string, unknown>>;

function objectOf(type: ResourceType, name: string, fields: Fields): KubeObject {
  const { group, version, kind, namespaced } = type;
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    metadata: { name, ...(namespaced && { namespace: 'default' }) },
    ...fields,
  };
}

const create = (type: ResourceType, name: string, fields: Fields) =>
  server.client.create(type, objectOf(type, name, fields));

async function refusal(made: Promise<unknown>): Promise<string> {
  const error = await made.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isStatusError(error)) throw new Error(`not refused: ${String(error)}`, { cause: error });
  return error.message;
}

const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const VOLUME = { capacity: { storage: '1024Mi' }, accessModes: ['ReadWriteOnce'] };

describe('objects that are not valid are refused in upstream’s words', () => {
  const cases: readonly [string, ResourceType, Fields, string][] = [
    ['an ingress without rules', types.INGRESSES, {}, 'either `defaultBackend` or `rules` must'],
    [
      'an ingress with a relative path',
      types.INGRESSES,
      {
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: 'x',
                    pathType: 'Prefix',
                    backend: { service: { name: 's', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
    ],
    [
      'an ingress class of no domain',
      types.INGRESS_CLASSES,
      { spec: { controller: 'x' } },
      'must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      'a network policy with an exception outside its range',
      types.NETWORK_POLICIES,
      {
        spec: {
          podSelector: {},
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }],
        },
      },
      'must be a strict subset of `cidr`',
    ],
    [
      'two ranges of one family',
      types.SERVICE_CIDRS,
      { spec: { cidrs: ['10.0.0.0/24', '10.1.0.0/24'] } },
      'may specify no more than one IP for each IP family',
    ],
    [
      'a storage class with an unknown policy',
      types.STORAGE_CLASSES,
      { provisioner: 'x', reclaimPolicy: 'Recycle' },
      'Unsupported value: "Recycle": supported values: "Delete", "Retain"',
    ],
    [
      'a volume of two types',
      types.PERSISTENT_VOLUMES,
      { spec: { ...VOLUME, hostPath: { path: '/x' }, nfs: { server: 's', path: '/' } } },
      'spec.nfs: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'a local volume anywhere',
      types.PERSISTENT_VOLUMES,
      { spec: { ...VOLUME, local: { path: '/x' } } },
      'Local volume requires node affinity',
    ],
    [
      'a claim of nothing',
      types.PERSISTENT_VOLUME_CLAIMS,
      { spec: { accessModes: ['ReadWriteOnce'] } },
      'spec.resources[storage]: Required value',
    ],
    [
      'a limit range upside down',
      types.LIMIT_RANGES,
      { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
      'min value 2 is greater than max value 1',
    ],
    [
      'a quota of an unknown resource',
      types.RESOURCE_QUOTAS,
      { spec: { hard: { foo: '1' } } },
      'must be a standard resource for quota',
    ],
    [
      'a quota of conflicting scopes',
      types.RESOURCE_QUOTAS,
      { spec: { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] } },
      'conflicting scopes',
    ],
    [
      'a priority above those of users',
      types.PRIORITY_CLASSES,
      { value: 1_000_000_001 },
      'maximum allowed value of a user defined priority is 1000000000',
    ],
    [
      'a lease of no time',
      types.LEASES,
      { spec: { leaseDurationSeconds: 0 } },
      'must be greater than 0',
    ],
    ['a runtime class without handler', types.RUNTIME_CLASSES, {}, 'handler: '],
  ];
  it.each(cases)('%s', async (_what, type, fields, text) => {
    expect(await refusal(create(type, 'wrong', fields))).toContain(text);
  });
});

describe('changes that are not allowed are refused', () => {
  const cases: readonly [string, ResourceType, Fields, Fields, string][] = [
    [
      'a class of another controller',
      types.INGRESS_CLASSES,
      { spec: { controller: 'a.b/c' } },
      { spec: { controller: 'd.e/f' } },
      'field is immutable',
    ],
    [
      'another provisioner',
      types.STORAGE_CLASSES,
      { provisioner: 'x' },
      { provisioner: 'y' },
      'updates to provisioner are forbidden.',
    ],
    [
      'another volume behind the same name',
      types.PERSISTENT_VOLUMES,
      { spec: { ...VOLUME, hostPath: { path: '/x' } } },
      { spec: { hostPath: { path: '/y' } } },
      'spec.persistentvolumesource is immutable after creation',
    ],
    [
      'a larger claim before it is bound',
      types.PERSISTENT_VOLUME_CLAIMS,
      { spec: CLAIM },
      { spec: { resources: { requests: { storage: '2Gi' } } } },
      'spec is immutable after creation except resources.requests',
    ],
    [
      'another scope',
      types.RESOURCE_QUOTAS,
      { spec: { hard: { pods: '1' }, scopes: ['BestEffort'] } },
      { spec: { scopes: ['NotBestEffort'] } },
      'spec.scopes: Invalid value: ["NotBestEffort"]: field is immutable',
    ],
    [
      'another priority',
      types.PRIORITY_CLASSES,
      { value: 1 },
      { value: 2 },
      'value: Forbidden: may not be changed in an update.',
    ],
  ];
  it.each(cases)('%s', async (_what, type, fields, change, text) => {
    const { metadata } = await create(type, 'kept', fields);
    const { namespace, name = '' } = metadata;
    const patch = { type: 'application/merge-patch+json', body: change } as const;
    expect(await refusal(server.client.patch(type, { namespace, name }, patch))).toContain(text);
  });
});

describe('defaults', () => {
  it.each<[string, ResourceType, Fields, Fields]>([
    [
      'directions of a network policy',
      types.NETWORK_POLICIES,
      { spec: { podSelector: {}, egress: [{ ports: [{ port: 80 }] }] } },
      {
        spec: {
          podSelector: {},
          egress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
          policyTypes: ['Ingress', 'Egress'],
        },
      },
    ],
    [
      'what a container gets that says nothing',
      types.LIMIT_RANGES,
      { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '0.5' } }] } },
      {
        spec: {
          limits: [
            {
              type: 'Container',
              max: { cpu: '2' },
              min: { cpu: '500m' },
              default: { cpu: '2' },
              defaultRequest: { cpu: '2' },
            },
          ],
        },
      },
    ],
    [
      'both ways to say what a claim is filled from',
      types.PERSISTENT_VOLUME_CLAIMS,
      { spec: { ...CLAIM, dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } } },
      {
        spec: {
          ...CLAIM,
          volumeMode: 'Filesystem',
          dataSource: { kind: 'PersistentVolumeClaim', name: 'x' },
          dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'x' },
        },
        status: { phase: 'Pending' },
      },
    ],
  ])('%s', async (_what, type, fields, expected) => {
    expect(await create(type, 'defaulted', fields)).toMatchObject(expected);
  });
});

it('a writer of the status of a deployment owns no labels', async () => {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }] } };
  await create(types.DEPLOYMENTS, 'owned', {
    spec: { selector: { matchLabels: labels }, template },
  });
  const patched = await server.client.patch(
    types.DEPLOYMENTS,
    { namespace: 'default', name: 'owned' },
    {
      type: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' }, annotations: { a: 'b' } }, status: { replicas: 1 } },
    },
    { subresource: 'status', fieldManager: 'writer' },
  );
  const own = patched.metadata.managedFields?.find(({ manager }) => manager === 'writer');
  expect(own?.fieldsV1).toEqual({
    'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {} } },
    'f:status': { 'f:replicas': {} },
  });
});

it('a writer of the status of a node changes its labels', async () => {
  await create(types.NODES, 'labelled', {});
  const patched = await server.client.patch(
    types.NODES,
    { name: 'labelled' },
    { type: 'application/merge-patch+json', body: { metadata: { labels: { zone: 'a' } } } },
    { subresource: 'status' },
  );
  expect(patched.metadata.labels).toEqual({ zone: 'a' });
});

it('a writer of the status of a daemon set does not set how often its template changed', async () => {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'c' }] } };
  const made = await create(types.DAEMON_SETS, 'counted', {
    spec: { selector: { matchLabels: labels }, template },
  });
  const { annotations: _none, ...metadata } = made.metadata;
  const updated = await server.client.update(
    types.DAEMON_SETS,
    { ...made, metadata },
    { subresource: 'status' },
  );
  expect(updated.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' });
});

it('a namespace that a cluster-wide object names counts for nothing', async () => {
  const made = await create(types.STORAGE_CLASSES, 'placed', {
    metadata: { name: 'placed', namespace: 'default' },
    provisioner: 'example.com/x',
  });
  expect(made.metadata.namespace).toBeUndefined();
  const fieldSelector = 'metadata.namespace=default';
  expect((await server.client.list(types.STORAGE_CLASSES, { fieldSelector })).items).toEqual([]);
});

it('what is wrong with a new object is said before that it names a version', async () => {
  const metadata = { name: 'NO', namespace: 'default', resourceVersion: '5' };
  expect(await refusal(create(types.CONFIG_MAPS, '', { metadata }))).toContain('"NO" is invalid');
  expect(
    await refusal(create(types.CONFIG_MAPS, '', { metadata: { ...metadata, name: 'yes' } })),
  ).toBe('resourceVersion should not be set on objects to be created');
});

it('jobs have their own words for fields that select nothing', async () => {
  const list = server.client.list(types.JOBS, { fieldSelector: 'spec.foo=a' });
  expect(await refusal(list)).toBe('field label "spec.foo" not supported for Job');
});
