import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, MetricSpec } from '../v2/types.ts';
import { fromOldScaler, toOldScaler } from './conversion.ts';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const cpu: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
};
const metrics: MetricSpec[] = [
  {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Mi' } },
  },
  {
    type: 'Pods',
    pods: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '1' } },
  },
  {
    type: 'Object',
    object: {
      describedObject: { kind: 'Service', name: 's', apiVersion: 'v1' },
      metric: { name: 'o', selector: { matchLabels: { a: 'b' } } },
      target: { type: 'Value', value: '3' },
    },
  },
  {
    type: 'External',
    external: { metric: { name: 'e' }, target: { type: 'AverageValue', averageValue: '3' } },
  },
  {
    type: 'ContainerResource',
    containerResource: {
      name: 'cpu',
      container: 'c',
      target: { type: 'Utilization', averageUtilization: 30 },
    },
  },
];

function scaler(spec: Partial<HorizontalPodAutoscaler['spec']>): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', annotations: { keep: 'me' } },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 5, ...spec },
    status: {
      currentReplicas: 2,
      desiredReplicas: 3,
      conditions: [{ type: 'AbleToScale', status: 'True' }],
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 33 } } },
      ],
    },
  };
}

describe('scalers as autoscaling/v1', () => {
  it('have one target for CPU as a field, and everything else in annotations', () => {
    const old = toOldScaler(scaler({ metrics: [cpu, ...metrics] }));
    expect(old.spec.targetCPUUtilizationPercentage).toBe(70);
    expect(old.status?.currentCPUUtilizationPercentage).toBe(33);
    expect(Object.keys(old.metadata.annotations ?? {})).toEqual([
      'keep',
      'autoscaling.alpha.kubernetes.io/metrics',
      'autoscaling.alpha.kubernetes.io/current-metrics',
      'autoscaling.alpha.kubernetes.io/conditions',
    ]);
  });

  it('lose nothing on the way there and back but the order of metrics', () => {
    const rules = { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 3 }] };
    const behavior = { scaleUp: rules, scaleDown: { ...rules, stabilizationWindowSeconds: 0 } };
    const before = scaler({ metrics: [...metrics, cpu], behavior });
    const after = fromOldScaler(toOldScaler(before));
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata).toEqual(before.metadata);
    expect(after.status?.currentMetrics?.[0]?.resource?.current.averageUtilization).toBe(33);
    expect(after.status?.conditions?.[0]).toMatchObject({ type: 'AbleToScale', status: 'True' });
  });

  it('scale by CPU where they name no target, and ignore annotations that cannot be read', () => {
    const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '[' };
    const old = toOldScaler(scaler({ metrics: [] }));
    const { spec } = fromOldScaler({ ...old, metadata: { name: 'web', annotations } });
    expect(spec.metrics?.[0]?.resource?.target.averageUtilization).toBe(80);
  });
});
