import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newVolumeBinder } from './volume-binder.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const volume = (name: string, storage: string, spec: object = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels: { name } },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], ...spec },
});

const claim = (name: string, storage: string, spec: object = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'a', name, uid: `uid-of-${name}` },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
  status: { phase: 'Pending' },
});

const states = () => [
  ...harness.client
    .all(PERSISTENT_VOLUMES)
    .map(({ metadata, spec, status }) => [metadata.name, status?.phase, spec?.claimRef?.name]),
  ...harness.client
    .all(PERSISTENT_VOLUME_CLAIMS)
    .map(({ metadata, spec, status }) => [metadata.name, status?.phase, spec?.volumeName]),
];

async function bindAll(volumes: PersistentVolume[], claims: PersistentVolumeClaim[]) {
  harness.client.add(PERSISTENT_VOLUMES, ...volumes);
  harness.client.add(PERSISTENT_VOLUME_CLAIMS, ...claims);
  await harness.start(newVolumeBinder(harness.deps));
}

describe('the volume binder', () => {
  it('gives a claim the smallest volume that fits', async () => {
    await bindAll(
      [volume('large', '5Gi'), volume('right', '2Gi'), volume('small', '1Gi')],
      [claim('c', '1500Mi')],
    );
    expect(states()).toEqual([
      ['large', 'Available', undefined],
      ['right', 'Bound', 'c'],
      ['small', 'Available', undefined],
      ['c', 'Bound', 'right'],
    ]);
    const [bound] = harness.client.all(PERSISTENT_VOLUME_CLAIMS);
    expect(bound).toMatchObject({
      metadata: {
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
        },
      },
      status: { accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } },
    });
  });

  it('says of a bound claim which attributes its volume has', async () => {
    const ofClass = { volumeAttributesClassName: 'gold' };
    await bindAll([volume('v', '1Gi', ofClass)], [claim('c', '1Gi', ofClass)]);
    const [bound] = harness.client.all(PERSISTENT_VOLUME_CLAIMS);
    expect(bound?.status).toMatchObject({
      phase: 'Bound',
      currentVolumeAttributesClassName: 'gold',
    });
  });

  it.each([
    ['another class', { storageClassName: 'fast' }],
    ['other access modes', { accessModes: ['ReadWriteMany'] }],
    ['another mode', { volumeMode: 'Block' }],
    ['another selector', { selector: { matchLabels: { name: 'other' } } }],
    ['more room', { resources: { requests: { storage: '3Gi' } } }],
  ])('lets a claim wait that wants %s', async (_what, spec) => {
    await bindAll([volume('v', '2Gi')], [claim('c', '1Gi', spec)]);
    expect(states()).toEqual([
      ['v', 'Available', undefined],
      ['c', 'Pending', undefined],
    ]);
    expect(new Set(harness.events).size).toBe(1);
  });

  it('binds what names one another, and nothing else to it', async () => {
    const held = volume('held', '1Gi', {
      claimRef: { namespace: 'a', name: 'second' },
      storageClassName: 'mine',
    });
    await bindAll(
      [held, volume('named', '9Gi')],
      [
        claim('first', '1Gi', { volumeName: 'named' }),
        claim('second', '1Gi'),
        claim('third', '1Gi'),
      ],
    );
    expect(states()).toEqual([
      ['held', 'Bound', 'second'],
      ['named', 'Bound', 'first'],
      ['first', 'Bound', 'named'],
      ['second', 'Bound', 'held'],
      ['third', 'Pending', undefined],
    ]);
    harness.client.add(PERSISTENT_VOLUMES, volume('late', '1Gi'));
    await harness.advance(1);
    expect(states().at(-1)).toEqual(['third', 'Bound', 'late']);
  });

  it('releases the volume of a claim that is gone, and gives it to no other', async () => {
    await bindAll([volume('v', '1Gi')], [claim('c', '1Gi')]);
    await harness.client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'a', name: 'c' });
    await harness.advance(1);
    harness.client.add(PERSISTENT_VOLUME_CLAIMS, {
      ...claim('c', '1Gi'),
      metadata: { namespace: 'a', name: 'c', uid: 'another' },
    });
    await harness.advance(1);
    expect(states()).toEqual([
      ['v', 'Released', 'c'],
      ['c', 'Pending', undefined],
    ]);
  });

  it('tells that a claim lost its volume', async () => {
    await bindAll([volume('v', '1Gi')], [claim('c', '1Gi')]);
    await harness.client.delete(PERSISTENT_VOLUMES, { name: 'v' });
    await harness.advance(1);
    expect(states()).toEqual([['c', 'Lost', 'v']]);
    expect(harness.events.at(-1)).toBe(
      'Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    );
  });
});
