import { describe, expect, it } from 'vitest';
import type { Volume } from './types.ts';
import { validateVolumes } from './volume-validation.ts';

const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const ephemeral = { ephemeral: { volumeClaimTemplate: { spec: claim } } };

function check(volumes: readonly Volume[], podName = 'web') {
  const { errors, sound } = validateVolumes(volumes, 'spec.volumes', podName);
  return [errors.map((one) => `${one.field}: ${one.body}`), [...sound.keys()]];
}

describe('validateVolumes', () => {
  it('answers the volumes that can be mounted: those that nothing is wrong with', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', secret: {} },
      { name: 'b', emptyDir: {} },
      { name: 'a', emptyDir: {} },
    ];
    expect(check(volumes)).toEqual([
      [
        'spec.volumes[1].secret.secretName: Required value',
        'spec.volumes[3].name: Duplicate value: "a"',
      ],
      ['a', 'b'],
    ]);
  });

  it('keeps claims that are made for ephemeral volumes to these', () => {
    const volumes = [
      { name: 'q', persistentVolumeClaim: { claimName: 'web-e' } },
      { name: 'e', ...ephemeral },
    ];
    expect(check(volumes)[0]).toEqual([
      'spec.volumes[0].persistentVolumeClaim.claimName: Invalid value: "web-e": must not reference a PVC that gets created for an ephemeral volume',
    ]);
    expect(check(volumes, '')[0]).toEqual([]);
    const [[long] = []] = check([{ name: 'e', ...ephemeral }], 'p'.repeat(253));
    expect(long).toMatch(/^spec\.volumes\[0\]\.name: Invalid value: "e": PVC name "p+-e": must be/);
  });

  it('names the source that projects a file where there is one, by its name if it has one', () => {
    const items = [{ key: 'k', path: 'f' }];
    const label = { fieldRef: { fieldPath: 'metadata.name' }, path: 'f' };
    const sources = [
      { configMap: { items } },
      { secret: { items } },
      { configMap: { name: 'c', items } },
      { downwardAPI: { items: [label] } },
    ];
    const [errors = []] = check([{ name: 'p', projected: { sources } }]);
    const twice = errors.filter((one) => one.endsWith('conflicting duplicate paths'));
    const named = (name: string) =>
      `spec.volumes[0].projected: Invalid value: "${name}": conflicting duplicate paths`;
    expect(twice).toEqual([named(''), named('c'), named('f')]);
  });
});
