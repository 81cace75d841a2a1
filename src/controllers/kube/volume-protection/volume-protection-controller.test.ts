import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pod } from '../../../apis/core/v1/types.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  VOLUME_ATTRIBUTES_CLASSES,
} from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import {
  newAttributesClassProtectionController,
  newClaimProtectionController,
  newVolumeProtectionController,
} from './volume-protection-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const GOING = { deletionTimestamp: '2030-01-01T00:00:00Z' };

const claim = (name: string, metadata: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'a', name, ...metadata },
});

const user = (phase: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name: 'user' },
  spec: {
    nodeName: 'n1',
    containers: [],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'used' } }],
  },
  status: { phase },
});

const finalizersOf = (name: string) =>
  harness.client.all(PERSISTENT_VOLUME_CLAIMS).find((one) => one.metadata.name === name)?.metadata
    .finalizers ?? [];

it('protects claims, and lets one that is to go do so when no pod uses it', async () => {
  const finalizers = ['kubernetes.io/pvc-protection'];
  harness.client.add(PODS, user('Running'));
  harness.client.add(
    PERSISTENT_VOLUME_CLAIMS,
    claim('new', {}),
    claim('used', { finalizers, ...GOING }),
  );
  await harness.start(newClaimProtectionController(harness.deps));
  expect(finalizersOf('new')).toEqual(finalizers);
  expect(finalizersOf('used')).toEqual(finalizers);
  harness.client.add(PODS, user('Succeeded'));
  await harness.advance(1);
  expect(finalizersOf('used')).toEqual([]);
});

it('keeps a volume that is to go while it is bound', async () => {
  const finalizers = ['kubernetes.io/pv-protection'];
  const volume = (name: string, phase: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, finalizers, ...GOING },
    status: { phase },
  });
  harness.client.add(PERSISTENT_VOLUMES, volume('bound', 'Bound'), volume('free', 'Released'));
  await harness.start(newVolumeProtectionController(harness.deps));
  const left = harness.client
    .all(PERSISTENT_VOLUMES)
    .filter(({ metadata }) => (metadata.finalizers ?? []).length > 0);
  expect(left.map(({ metadata }) => metadata.name)).toEqual(['bound']);
});

it('keeps a class of volume attributes that is to go while a claim or a volume names it', async () => {
  const finalizers = ['kubernetes.io/vac-protection'];
  const attributes = (name: string, metadata: object) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    metadata: { name, ...metadata },
    driverName: 'disks.example.com',
  });
  const going = { finalizers, ...GOING };
  harness.client.add(
    VOLUME_ATTRIBUTES_CLASSES,
    attributes('new', {}),
    ...['free', 'wanted', 'current', 'target', 'of-volume'].map((name) => attributes(name, going)),
  );
  harness.client.add(PERSISTENT_VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'volume' },
    spec: { volumeAttributesClassName: 'of-volume' },
  });
  const claimed = {
    ...claim('claim', {}),
    spec: { volumeAttributesClassName: 'wanted' },
    status: {
      currentVolumeAttributesClassName: 'current',
      modifyVolumeStatus: { status: 'Pending', targetVolumeAttributesClassName: 'target' },
    },
  };
  harness.client.add(PERSISTENT_VOLUME_CLAIMS, claimed);
  await harness.start(newAttributesClassProtectionController(harness.deps));
  const kept = () =>
    harness.client
      .all(VOLUME_ATTRIBUTES_CLASSES)
      .filter(({ metadata }) => (metadata.finalizers ?? []).length > 0)
      .map(({ metadata }) => metadata.name);
  expect(kept()).toEqual(['current', 'new', 'of-volume', 'target', 'wanted']);
  harness.client.add(PERSISTENT_VOLUME_CLAIMS, {
    ...claimed,
    status: { currentVolumeAttributesClassName: 'wanted' },
  });
  await harness.advance(1);
  expect(kept()).toEqual(['new', 'of-volume', 'wanted']);
  const { client } = harness;
  await client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'a', name: 'claim' });
  await client.delete(PERSISTENT_VOLUMES, { name: 'volume' });
  await harness.advance(1);
  expect(kept()).toEqual(['new']);
});
