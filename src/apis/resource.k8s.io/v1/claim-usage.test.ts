import { expect, it } from 'vitest';
import { parseQuantity } from '../../../machinery/quantity.ts';
import { evaluatorOf } from '../../core/v1/quota-usage.ts';
import { devicesOfClaim } from './claim-usage.ts';
import type { ResourceClaim } from './types.ts';

const claim: ResourceClaim = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'c' },
  spec: {
    devices: {
      requests: [
        { name: 'a', exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 2 } },
        { name: 'b', exactly: { deviceClassName: 'nic', allocationMode: 'All' } },
        {
          name: 'c',
          firstAvailable: [
            { name: 'x', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 3 },
            { name: 'y', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 },
          ],
        },
      ],
    },
  },
};

it('counts devices by class: of alternatives the dearest, of all as many as there can be', () => {
  expect([...devicesOfClaim(claim)]).toEqual([
    ['gpu.deviceclass.resource.k8s.io/devices', 5],
    ['nic.deviceclass.resource.k8s.io/devices', 32],
  ]);
});

it('is what quotas of claims count', () => {
  const evaluator = evaluatorOf({ group: 'resource.k8s.io', resource: 'resourceclaims' });
  expect(evaluator.counts('gpu.deviceclass.resource.k8s.io/devices')).toBe(true);
  expect(evaluator.counts('count/resourceclaims.resource.k8s.io')).toBe(true);
  expect(evaluator.counts('pods')).toBe(false);
  const usage = evaluator.usage(claim, new Date());
  expect(usage.get('count/resourceclaims.resource.k8s.io')).toEqual(parseQuantity('1'));
  expect(usage.get('gpu.deviceclass.resource.k8s.io/devices')).toEqual(parseQuantity('5'));
});
