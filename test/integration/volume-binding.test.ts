import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  SERVICE_ACCOUNTS,
  STORAGE_CLASSES,
} from '../../src/apis/resource-types.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newScheduler } from '../../src/controllers/kube/scheduler/scheduler.ts';
import { newVolumeBinder } from '../../src/controllers/kube/volume-binding/volume-binder.ts';
import {
  newClaimProtectionController,
  newVolumeProtectionController,
} from '../../src/controllers/kube/volume-protection/volume-protection-controller.ts';
import { type KubeServer, startKubeServer } from '../../src/resources/kube/testing/kube-server.ts';
import { newTestLog } from './network-fixture.ts';

const LIMIT = { timeout: 60_000, interval: 20 };
const AMOUNT = { storage: '1Gi' };
const MODES = ['ReadWriteOnce'];

let server: KubeServer;
let stop: () => Promise<void>;

beforeEach(async () => {
  server = await startKubeServer();
  const { client } = server;
  const log = newTestLog();
  const clock = systemClock;
  const informers = newInformers(client, { log, clock });
  const manager = newManager({ informers, clock, log });
  const recorder = newEventRecorder({ client, log, clock, component: 'test' });
  const deps = { client, informers, clock, log, recorder };
  manager.add(newVolumeBinder(deps));
  manager.add(newScheduler(deps));
  manager.add(newClaimProtectionController(deps));
  manager.add(newVolumeProtectionController(deps));
  informers.start();
  manager.start();
  stop = async () => {
    await manager.stop();
    await informers.stop();
    await server.close();
  };
});
afterEach(() => stop());

it('binds a claim and a volume through the API, and releases the volume after it', async () => {
  const { client } = server;
  await client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'volumes' },
  });
  const ref = { namespace: 'volumes', name: 'data' };
  const claim = await client.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: ref,
    spec: { accessModes: MODES, storageClassName: '', resources: { requests: AMOUNT } },
  });
  await client.create(PERSISTENT_VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: { accessModes: MODES, capacity: AMOUNT, hostPath: { path: '/tmp/disk' } },
  });
  await vi.waitFor(async () => {
    const bound = await client.get(PERSISTENT_VOLUME_CLAIMS, ref);
    expect(bound.spec?.volumeName).toBe('disk');
    expect(bound.status).toEqual({ phase: 'Bound', accessModes: MODES, capacity: AMOUNT });
  }, LIMIT);
  const disk = await client.get(PERSISTENT_VOLUMES, { name: 'disk' });
  expect(disk.status?.phase).toBe('Bound');
  expect(disk.spec?.claimRef).toMatchObject({ ...ref, uid: claim.metadata.uid });
  await client.delete(PERSISTENT_VOLUME_CLAIMS, ref);
  await vi.waitFor(async () => {
    const released = await client.get(PERSISTENT_VOLUMES, { name: 'disk' });
    expect(released.status?.phase).toBe('Released');
  }, LIMIT);
});

it('binds a claim that waits when its first pod is scheduled, to a volume that the node reaches', async () => {
  const { client } = server;
  const namespace = 'volumes';
  const named = (name: string) => ({ namespace, name });
  await client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: named('default'),
  });
  await client.create(STORAGE_CLASSES, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'disks' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const disk = (name: string, node: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      accessModes: MODES,
      capacity: AMOUNT,
      storageClassName: 'disks',
      local: { path: `/${name}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'machine', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  });
  await client.create(PERSISTENT_VOLUMES, disk('far', 'other'));
  await client.create(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: { machine: 'this' } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
  });
  await client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: named('web'),
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
  const said = async (message: string) => {
    await vi.waitFor(async () => {
      const { status } = await client.get(PODS, named('web'));
      expect(status?.conditions?.[0]?.message).toBe(message);
    }, LIMIT);
  };
  await said('0/1 nodes are available: persistentvolumeclaim "data" not found. not found');
  await client.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: named('data'),
    spec: { accessModes: MODES, storageClassName: 'disks', resources: { requests: AMOUNT } },
  });
  await said(
    "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
  );
  await client.create(PERSISTENT_VOLUMES, disk('near', 'this'));
  await vi.waitFor(async () => {
    const pod = await client.get(PODS, named('web'));
    expect(pod.spec?.nodeName).toBe('n1');
  }, LIMIT);
  const bound = await client.get(PERSISTENT_VOLUME_CLAIMS, named('data'));
  expect(bound).toMatchObject({ spec: { volumeName: 'near' }, status: { phase: 'Bound' } });
});
