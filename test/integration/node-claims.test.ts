import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../src/apis/core/v1/types.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed } from './support/node-bed.ts';

describe('claims of pods on the real engine', () => {
  let bed: NodeBed;
  let disk: string;

  beforeAll(async () => {
    bed = await newNodeBed('sampan-claims-test');
    disk = await mkdtemp(join(tmpdir(), 'sampan-disk-'));
    await writeFile(join(disk, 'here'), 'on the disk\n');
  });
  afterAll(async () => {
    await bed.close();
    await rm(disk, { recursive: true, force: true });
  });

  const volume = (name: string, spec: PersistentVolume['spec'], uid = `uid-${name}`) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${name}` },
    spec: { ...spec, claimRef: { namespace: 'test', name, uid } },
  });
  const claim = (name: string, phase = 'Bound'): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'test', name, uid: `uid-${name}` },
    spec: { volumeName: `pv-${name}` },
    status: { phase },
  });
  const create = (name: string, script: string, more: object = {}) =>
    bed.create(name, {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'main',
          image: bed.image,
          command: ['/bin/sh', '-c', script],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name, ...more } }],
    });
  const isOver = ({ status }: Pod) => ['Succeeded', 'Failed'].includes(status?.phase ?? '');

  it('mounts a local volume, and what a pod writes stays', async () => {
    bed.client.add(PERSISTENT_VOLUMES, volume('local', { local: { path: disk } }));
    bed.client.add(PERSISTENT_VOLUME_CLAIMS, claim('local'));
    await create('local', 'cat /data/here > /data/there');
    expect((await bed.until('local', isOver)).status?.phase).toBe('Succeeded');
    expect(await readFile(join(disk, 'there'), 'utf8')).toBe('on the disk\n');
  });

  it('mounts a hostPath volume, for reading only where the pod says so', async () => {
    bed.client.add(PERSISTENT_VOLUMES, volume('path', { hostPath: { path: disk } }));
    bed.client.add(PERSISTENT_VOLUME_CLAIMS, claim('path'));
    await create('path', 'cat /data/here && ! touch /data/nothing', { readOnly: true });
    expect((await bed.until('path', isOver)).status?.phase).toBe('Succeeded');
  });

  it('waits for a claim that is not bound, and says so', async () => {
    bed.client.add(PERSISTENT_VOLUMES, volume('later', { hostPath: { path: disk } }));
    bed.client.add(PERSISTENT_VOLUME_CLAIMS, claim('later', 'Pending'));
    await create('later', 'true');
    await expect
      .poll(() => bed.events)
      .toContain(
        'Warning FailedMount Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC test/later: PVC is not bound',
      );
    bed.client.add(PERSISTENT_VOLUME_CLAIMS, claim('later'));
    expect((await bed.until('later', isOver)).status?.phase).toBe('Succeeded');
  });

  it.each([
    [
      'absent',
      undefined,
      'error processing PVC test/absent: failed to fetch PVC from API server: persistentvolumeclaims "absent" not found',
    ],
    [
      'foreign',
      volume('foreign', { hostPath: { path: '/tmp' } }, 'another'),
      'error processing PVC test/foreign: found PV object pv-foreign but its pv.Spec.ClaimRef.UID another does not point to claim.UID uid-foreign',
    ],
    [
      'gone',
      volume('gone', { local: { path: '/sampan/nowhere' } }),
      'MountVolume.SetUp failed for volume "pv-gone" : path "/sampan/nowhere" does not exist',
    ],
    [
      'remote',
      volume('remote', { nfs: { server: 'a', path: '/' } }),
      'MountVolume.SetUp failed for volume "pv-remote" : only hostPath and local volumes are supported on this node',
    ],
  ])('says what is wrong with the claim %s', async (name, persistent, text) => {
    if (persistent) {
      bed.client.add(PERSISTENT_VOLUMES, persistent);
      bed.client.add(PERSISTENT_VOLUME_CLAIMS, claim(name));
    }
    await create(name, 'true');
    await expect
      .poll(() => bed.events.filter((one) => one.startsWith('Warning FailedMount')))
      .toContainEqual(expect.stringContaining(text));
    await bed.remove(name);
    await bed.untilGone(name);
  });
});
