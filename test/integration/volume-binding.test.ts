import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  NAMESPACES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
} from '../../src/apis/resource-types.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newVolumeBinder } from '../../src/controllers/kube/volume-binding/volume-binder.ts';
import {
  newClaimProtectionController,
  newVolumeProtectionController,
} from '../../src/controllers/kube/volume-protection/volume-protection-controller.ts';
import { type KubeServer, startKubeServer } from '../../src/resources/kube/testing/kube-server.ts';
import { newTestLog } from './network-fixture.ts';

const LIMIT = { timeout: 20_000, interval: 20 };
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
