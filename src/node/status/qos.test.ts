import { describe, expect, it } from 'vitest';
import { aContainer, aPod } from '../fake/pod-fixture.ts';
import { qosClassOf } from './qos.ts';

const both = { cpu: '1', memory: '1Gi' };

describe('qosClassOf', () => {
  it.each([
    ['BestEffort', {}],
    ['Burstable', { requests: { cpu: '100m' } }],
    ['Burstable', { limits: { cpu: '1' } }],
    ['Burstable', { requests: { cpu: '500m', memory: '1Gi' }, limits: both }],
    ['Guaranteed', { limits: both }],
    ['Guaranteed', { requests: { cpu: '1000m', memory: '1024Mi' }, limits: both }],
    ['BestEffort', { requests: { cpu: '0' } }],
  ])('%s for %j', (wanted, resources) => {
    expect(qosClassOf(aPod({ containers: [aContainer('main', { resources })] }))).toBe(wanted);
  });

  it('is the lesser of several containers', () => {
    const containers = [aContainer('a', { resources: { limits: both } }), aContainer('b')];
    expect(qosClassOf(aPod({ containers }))).toBe('Burstable');
  });
});
