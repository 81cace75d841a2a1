import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Namespace, Pod } from '../../../apis/core/v1/types.ts';
import { CONFIG_MAPS, NAMESPACES, NODES, PODS, SECRETS } from '../../../apis/resource-types.ts';
import type { Discovery } from '../../../client/discovery.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newInternalError } from '../../../machinery/status-error.ts';
import { newNamespaceController } from './namespace-controller.ts';

const NAMESPACE: Namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'a' },
  spec: { finalizers: ['kubernetes'] },
};
const VERBS = ['get', 'list', 'delete', 'deletecollection'];
const names = { singular: '', shortNames: [], categories: [] };
const RESOURCES = [
  { type: PODS, verbs: VERBS, ...names },
  { type: CONFIG_MAPS, verbs: VERBS, ...names },
  { type: SECRETS, verbs: ['list', 'delete'], ...names },
  { type: NODES, verbs: VERBS, ...names },
];

let harness: Harness;
let failures: Map<string, unknown>;
beforeEach(() => {
  harness = newHarness('2026-01-01T00:00:00Z');
  failures = new Map();
});
afterEach(() => harness.stop());

async function run(): Promise<void> {
  harness.client.add(NAMESPACES, NAMESPACE);
  const discover = async (): Promise<Discovery> => ({ resources: RESOURCES, failures });
  await harness.start(newNamespaceController(harness.deps, discover));
  await harness.client.delete(NAMESPACES, { name: 'a' });
  await harness.settle();
}

const named = (name: string, namespace = 'a') => ({ metadata: { namespace, name } });
const configMap = (name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  ...named(name, namespace),
});
const boundPod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...named(name),
  spec: { containers: [], nodeName: 'n' },
});
const namespace = () => harness.client.find(NAMESPACES, { name: 'a' });
const conditions = () =>
  (namespace()?.status?.conditions ?? [])
    .filter((one) => one.status === 'True')
    .map((one) => `${one.reason}: ${one.message}`);

describe('the namespace controller', () => {
  it('deletes everything in it, only in it, and then lets it go', async () => {
    harness.client.add(CONFIG_MAPS, configMap('one'), configMap('other', 'b'));
    harness.client.add(SECRETS, { apiVersion: 'v1', kind: 'Secret', ...named('s') });
    await run();
    expect(namespace()).toBeUndefined();
    expect(harness.client.all(CONFIG_MAPS).map((one) => one.metadata.namespace)).toEqual(['b']);
    expect(harness.client.all(SECRETS)).toEqual([]);
  });

  it('waits for pods to end and says so; what they may use stays as long', async () => {
    harness.client.add(PODS, boundPod('web'));
    harness.client.add(CONFIG_MAPS, configMap('used'));
    await run();
    expect(harness.client.all(CONFIG_MAPS)).toHaveLength(1);
    expect(namespace()?.status?.phase).toBe('Terminating');
    expect(conditions()).toEqual([
      'SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances',
    ]);
    harness.client.remove(PODS, { namespace: 'a', name: 'web' });
    await harness.settle();
    expect(namespace()).toBeUndefined();
  });

  it('names the finalizers that hold it back', async () => {
    const metadata = { namespace: 'a', name: 'held', finalizers: ['example.com/hold'] };
    harness.client.add(CONFIG_MAPS, { ...configMap('held'), metadata });
    await run();
    expect(conditions()).toEqual([
      'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    const held = harness.client.find(CONFIG_MAPS, { namespace: 'a', name: 'held' });
    if (held) {
      const freed = { ...held.metadata, finalizers: [] };
      await harness.client.update(CONFIG_MAPS, { ...held, metadata: freed });
    }
    await harness.advance(1000);
    expect(namespace()).toBeUndefined();
  });

  it('does not let it go while a group cannot be discovered or deleted', async () => {
    failures.set('metrics.k8s.io/v1', new Error('away'));
    harness.client.add(CONFIG_MAPS, configMap('one'));
    harness.client.failNext('deletecollection', CONFIG_MAPS, newInternalError(new Error('no')), 2);
    await run();
    expect(namespace()).toBeDefined();
    expect(conditions()[0]).toContain('DiscoveryFailed: ');
    expect(conditions()[1]).toBe(
      'ContentDeletionFailed: Failed to delete all resource types, 1 remaining: Internal error occurred: no',
    );
    failures.clear();
    await harness.advance(2000);
    expect(namespace()).toBeUndefined();
  });

  it('leaves namespaces alone that are not being deleted', async () => {
    harness.client.add(NAMESPACES, { ...NAMESPACE, metadata: { name: 'b' } });
    harness.client.add(CONFIG_MAPS, configMap('one', 'b'));
    await run();
    expect(harness.client.all(CONFIG_MAPS)).toHaveLength(1);
  });
});
