import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigMap } from '../../src/apis/core/v1/types.ts';
import { CONFIG_MAPS, NAMESPACES } from '../../src/apis/resource-types.ts';
import { discover } from '../../src/client/discovery.ts';
import { type Manager, newManager } from '../../src/controller-kit/manager.ts';
import { newGarbageCollector } from '../../src/controllers/kube/garbage-collector/garbage-collector.ts';
import { newNamespaceController } from '../../src/controllers/kube/namespace/namespace-controller.ts';
import { API_SERVICES } from '../../src/extension/aggregation/api-services.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../src/extension/definition/definition-parts.ts';
import type { KubeObject, ResourceType } from '../../src/machinery/object.ts';
import { isNotFound } from '../../src/machinery/status-error.ts';
import { type ExtensionBed, startExtensionBed } from './support/extension-bed.ts';
import { plainDefinition } from './support/plain-custom-resource.ts';

const OWNERS: ResourceType = {
  group: 'garbage.example.com',
  version: 'v1',
  resource: 'owners',
  kind: 'Owner',
  namespaced: true,
};

let bed: ExtensionBed;
let manager: Manager;
beforeAll(async () => {
  bed = await startExtensionBed();
  await bed.api.client.create(CUSTOM_RESOURCE_DEFINITIONS, plainDefinition(OWNERS));
});
afterAll(async () => {
  await manager.stop();
  await bed.close();
});

const owner = (name: string, namespace: string, finalizers: string[] = []): KubeObject => ({
  apiVersion: 'garbage.example.com/v1',
  kind: 'Owner',
  metadata: { name, namespace, finalizers },
});

async function startControllers(): Promise<void> {
  const { client } = bed.api;
  await expect
    .poll(() =>
      client.list(OWNERS).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const discovered = () => discover(client.transport);
  manager = newManager(bed.deps);
  manager.add(newNamespaceController(bed.deps, discovered));
  manager.add(newGarbageCollector(bed.deps, discovered));
  manager.start();
}

it('collects what a custom resource owned', async () => {
  await startControllers();
  const { client } = bed.api;
  const { metadata } = await client.create(OWNERS, owner('a', 'default'));
  const reference = { apiVersion: 'garbage.example.com/v1', kind: 'Owner', name: 'a' };
  const owned: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'owned',
      namespace: 'default',
      ownerReferences: [{ ...reference, uid: metadata.uid ?? '' }],
    },
  };
  await client.create(CONFIG_MAPS, owned);
  await client.delete(OWNERS, { namespace: 'default', name: 'a' });
  await expect
    .poll(async () => (await client.list(CONFIG_MAPS, { namespace: 'default' })).items.length)
    .toBe(0);
});

it('names the custom resources and finalizers that hold back a namespace', async () => {
  const { client } = bed.api;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  await client.create(OWNERS, owner('held', 'n', ['example.com/hold']));
  await client.delete(NAMESPACES, { name: 'n' });
  const held = async () => {
    const { status } = await client.get(NAMESPACES, { name: 'n' });
    return (status?.conditions ?? [])
      .filter((one) => one.status === 'True')
      .map((one) => one.message);
  };
  await expect
    .poll(held)
    .toEqual([
      'Some resources are remaining: owners.garbage.example.com has 1 resource instances',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
  const body = { metadata: { finalizers: null } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await client.patch(OWNERS, { namespace: 'n', name: 'held' }, patch);
  const isGone = () => client.get(NAMESPACES, { name: 'n' }).then(() => false, isNotFound);
  await expect.poll(isGone).toBe(true);
});

it('lets a definition go when its last object is gone, and refuses new ones meanwhile', async () => {
  const { client } = bed.api;
  await client.create(OWNERS, owner('last', 'default', ['example.com/hold']));
  await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: 'owners.garbage.example.com' });
  await expect(client.create(OWNERS, owner('late', 'default'))).rejects.toThrow(
    'create not allowed while custom resource definition is terminating',
  );
  const body = { metadata: { finalizers: null } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await expect
    .poll(async () => {
      const { metadata } = await client.get(OWNERS, { namespace: 'default', name: 'last' });
      return metadata.deletionTimestamp !== undefined;
    })
    .toBe(true);
  await client.patch(OWNERS, { namespace: 'default', name: 'last' }, patch);
  const name = 'owners.garbage.example.com';
  const isGone = () =>
    client.get(CUSTOM_RESOURCE_DEFINITIONS, { name }).then(() => false, isNotFound);
  await expect.poll(isGone).toBe(true);
});

it('takes back the APIServices of versions that are not served any more', async () => {
  const { client } = bed.api;
  const names = async () =>
    (await client.list(API_SERVICES)).items
      .map((one) => one.metadata.name)
      .filter((name) => name?.endsWith('.passing.example.com'));
  const type = { ...OWNERS, group: 'passing.example.com' };
  const made = await client.create(CUSTOM_RESOURCE_DEFINITIONS, plainDefinition(type));
  await expect.poll(names).toEqual(['v1.passing.example.com']);
  const name = made.metadata.name ?? '';
  const versions = plainDefinition({ ...type, version: 'v2' }).spec.versions;
  const both = [
    ...plainDefinition(type).spec.versions,
    ...versions.map((one) => ({ ...one, storage: false })),
  ];
  const change = (body: object) =>
    client.patch(
      CUSTOM_RESOURCE_DEFINITIONS,
      { name },
      { type: 'application/merge-patch+json', body },
    );
  await change({ spec: { versions: both } });
  await expect.poll(names).toEqual(['v1.passing.example.com', 'v2.passing.example.com']);
  await change({ spec: { versions: plainDefinition(type).spec.versions } });
  await expect.poll(names).toEqual(['v1.passing.example.com']);
  await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name });
  await expect.poll(names).toEqual([]);
});
