import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CONFIG_MAPS,
  NODES,
  PODS,
  REPLICATION_CONTROLLERS,
  SECRETS,
} from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import type { OwnerReference } from '../../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { apiVersionOf } from '../../../machinery/object.ts';
import { newGarbageCollector } from './garbage-collector.ts';

const VERBS = ['get', 'list', 'watch', 'delete'];
const RESOURCES = [CONFIG_MAPS, SECRETS, REPLICATION_CONTROLLERS, PODS, NODES].map((type) => ({
  type: type as ResourceType,
  verbs: VERBS,
  singular: '',
  shortNames: [],
  categories: [],
}));

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

async function run(): Promise<void> {
  const discover = async () => ({ resources: RESOURCES, failures: new Map() });
  await harness.start(newGarbageCollector(harness.deps, discover));
  await harness.advance(1000);
}

/** add stores an object of any type, named by its uid, owned by others. */
function add(type: ResourceType, uid: string, owners: readonly OwnerReference[] = []): void {
  const namespace = type.namespaced ? { namespace: 'a' } : {};
  const ownerReferences = owners.length > 0 ? { ownerReferences: [...owners] } : {};
  const metadata = { ...namespace, name: uid, uid, ...ownerReferences };
  harness.client.add(type, { apiVersion: apiVersionOf(type), kind: type.kind, metadata });
}

function ownedBy(type: ResourceType, uid: string, blockOwnerDeletion = true): OwnerReference {
  return { apiVersion: apiVersionOf(type), kind: type.kind, name: uid, uid, blockOwnerDeletion };
}

const ref = (name: string) => ({ namespace: 'a', name });
const names = (type: ResourceType) =>
  harness.client.all<KubeObject>(type).map((one) => one.metadata.name);
const ownersOf = (type: ResourceType, name: string) =>
  harness.client.find(type, ref(name))?.metadata.ownerReferences?.map((one) => one.uid);

async function remove(type: ResourceType, name: string, propagationPolicy: string): Promise<void> {
  await harness.client.delete(type, ref(name), { propagationPolicy });
  await harness.settle();
}

describe('the garbage collector', () => {
  it('deletes dependents, and theirs, after their owner went', async () => {
    add(REPLICATION_CONTROLLERS, 'rc');
    add(SECRETS, 's', [ownedBy(REPLICATION_CONTROLLERS, 'rc')]);
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 's')]);
    add(CONFIG_MAPS, 'free');
    await run();
    expect(harness.client.writes()).toEqual([]);
    await remove(REPLICATION_CONTROLLERS, 'rc', 'Background');
    expect(names(SECRETS)).toEqual([]);
    expect(names(CONFIG_MAPS)).toEqual(['free']);
  });

  it('finds at its start what lost its owner while it was away', async () => {
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 'gone')]);
    await run();
    expect(names(CONFIG_MAPS)).toEqual([]);
  });

  it('takes an owner of the same name but another uid for gone', async () => {
    add(SECRETS, 's');
    add(CONFIG_MAPS, 'c', [{ ...ownedBy(SECRETS, 's'), uid: 'older' }]);
    await run();
    expect(names(CONFIG_MAPS)).toEqual([]);
  });

  it('keeps what has another owner, and drops the reference that dangles', async () => {
    add(SECRETS, 's1');
    add(SECRETS, 's2');
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 's1'), ownedBy(SECRETS, 's2')]);
    await run();
    await remove(SECRETS, 's1', 'Background');
    expect(ownersOf(CONFIG_MAPS, 'c')).toEqual(['s2']);
  });

  it('keeps what has an owner of a kind that it does not know', async () => {
    const strange = { apiVersion: 'example.com/v1', kind: 'Strange', name: 'x', uid: 'x' };
    add(CONFIG_MAPS, 'c', [strange]);
    await run();
    expect(names(CONFIG_MAPS)).toEqual(['c']);
  });

  it('finds owners in the cluster scope', async () => {
    add(NODES, 'n');
    add(CONFIG_MAPS, 'c', [ownedBy(NODES, 'n')]);
    await run();
    expect(names(CONFIG_MAPS)).toEqual(['c']);
    await harness.client.delete(NODES, { name: 'n' });
    await harness.settle();
    expect(names(CONFIG_MAPS)).toEqual([]);
  });

  it('lets an owner go in the foreground only after those that block it', async () => {
    add(REPLICATION_CONTROLLERS, 'rc');
    const owner = [ownedBy(REPLICATION_CONTROLLERS, 'rc')];
    const spec = { containers: [], nodeName: 'n' };
    const metadata = { namespace: 'a', name: 'p', uid: 'p', ownerReferences: owner };
    harness.client.add(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    await run();
    await remove(REPLICATION_CONTROLLERS, 'rc', 'Foreground');
    const pod = harness.client.find(PODS, ref('p'));
    expect(pod?.metadata.deletionTimestamp).toBeDefined();
    expect(names(REPLICATION_CONTROLLERS)).toEqual(['rc']);
    harness.client.remove(PODS, ref('p'));
    await harness.settle();
    expect(names(REPLICATION_CONTROLLERS)).toEqual([]);
  });

  it('deletes a chain in the foreground from its end', async () => {
    add(REPLICATION_CONTROLLERS, 'rc');
    add(SECRETS, 's', [ownedBy(REPLICATION_CONTROLLERS, 'rc')]);
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 's')]);
    await run();
    await remove(REPLICATION_CONTROLLERS, 'rc', 'Foreground');
    expect([names(REPLICATION_CONTROLLERS), names(SECRETS), names(CONFIG_MAPS)]).toEqual([
      [],
      [],
      [],
    ]);
    const deletes = harness.client.writes().filter((one) => one.startsWith('delete'));
    expect(deletes).toEqual([
      'delete replicationcontrollers a/rc',
      'delete secrets a/s',
      'delete configmaps a/c',
    ]);
  });

  it('does not wait for ever for objects that own each other', async () => {
    add(SECRETS, 's', [ownedBy(CONFIG_MAPS, 'c')]);
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 's')]);
    await run();
    await remove(SECRETS, 's', 'Foreground');
    await harness.advance(10_000);
    expect([names(SECRETS), names(CONFIG_MAPS)]).toEqual([[], []]);
  });

  it('leaves dependents to themselves when the owner orphans them', async () => {
    add(REPLICATION_CONTROLLERS, 'rc');
    add(CONFIG_MAPS, 'c', [ownedBy(REPLICATION_CONTROLLERS, 'rc')]);
    await run();
    await remove(REPLICATION_CONTROLLERS, 'rc', 'Orphan');
    expect(names(REPLICATION_CONTROLLERS)).toEqual([]);
    expect(names(CONFIG_MAPS)).toEqual(['c']);
    expect(ownersOf(CONFIG_MAPS, 'c')).toBeUndefined();
  });

  it('watches resources that appear later', async () => {
    let resources = RESOURCES.slice(0, 1);
    const discover = async () => ({ resources, failures: new Map() });
    await harness.start(newGarbageCollector(harness.deps, discover));
    resources = RESOURCES;
    await harness.advance(30_000);
    add(SECRETS, 's', [ownedBy(NODES, 'gone')]);
    await harness.settle();
    expect(names(SECRETS)).toEqual([]);
  });

  it('does not take for present what went while its resource was not served', async () => {
    let resources = RESOURCES;
    const discover = async () => ({ resources, failures: new Map() });
    add(SECRETS, 's');
    add(CONFIG_MAPS, 'c', [ownedBy(SECRETS, 's')]);
    await harness.start(newGarbageCollector(harness.deps, discover));
    await harness.advance(1000);
    resources = RESOURCES.filter(({ type }) => type.kind !== 'Secret');
    await harness.advance(30_000);
    harness.client.remove(SECRETS, ref('s'));
    await harness.settle();
    expect(names(CONFIG_MAPS)).toEqual(['c']);
    resources = RESOURCES;
    await harness.advance(30_000);
    await harness.advance(250);
    expect(names(CONFIG_MAPS)).toEqual([]);
  });

  it('decides later on what has an owner of a kind that appears later', async () => {
    let resources = RESOURCES.filter(({ type }) => type.kind !== 'Node');
    const discover = async () => ({ resources, failures: new Map() });
    await harness.start(newGarbageCollector(harness.deps, discover));
    add(CONFIG_MAPS, 'c', [ownedBy(NODES, 'gone')]);
    await harness.settle();
    expect(names(CONFIG_MAPS)).toEqual(['c']);
    resources = RESOURCES;
    await harness.advance(30_000);
    // Nothing is decided while the nodes are listed.
    await harness.advance(250);
    expect(names(CONFIG_MAPS)).toEqual([]);
  });
});
