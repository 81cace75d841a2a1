import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
} from './types.ts';

/** DEFAULT_CPU_PERCENT is how busy pods are kept where nothing else is said. */
export const DEFAULT_CPU_PERCENT = 80;

/** defaultMetrics keep the CPU of pods at 80 percent of what they request. */
export function defaultMetrics(): MetricSpec[] {
  const target = { type: 'Utilization', averageUtilization: DEFAULT_CPU_PERCENT };
  return [{ type: 'Resource', resource: { name: 'cpu', target } }];
}

function scaleUp(rules: HPAScalingRules = {}): HPAScalingRules {
  const policies = [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ];
  return { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies, ...rules };
}

function scaleDown(rules: HPAScalingRules = {}): HPAScalingRules {
  const policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];
  return { selectPolicy: 'Max', policies, ...rules };
}

/** defaultAutoscaler scales from one replica on by CPU; a stated behaviour is completed. */
export function defaultAutoscaler(scaler: HorizontalPodAutoscaler): void {
  scaler.spec ??= {} as HorizontalPodAutoscalerSpec;
  const { spec } = scaler;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) spec.metrics = defaultMetrics();
  if (spec.behavior === undefined) return;
  spec.behavior = {
    scaleUp: scaleUp(spec.behavior.scaleUp),
    scaleDown: scaleDown(spec.behavior.scaleDown),
  };
}
