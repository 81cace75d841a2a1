import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import { defaultMetrics } from '../v2/defaults.ts';
import type {
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition,
  HPAScalingRules,
  MetricSpec,
  HorizontalPodAutoscaler as NewScaler,
} from '../v2/types.ts';
import {
  newMetric,
  newMetricStatus,
  type OldMetric,
  oldMetric,
  oldMetricStatus,
} from './metric-conversion.ts';
import type { HorizontalPodAutoscaler as OldScaler } from './types.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
/** METRICS_ANNOTATION holds the metrics for which version 1 has no field. */
export const METRICS_ANNOTATION = `${PREFIX}metrics`;
const CURRENT = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;
const BEHAVIOR = `${PREFIX}behavior`;
const CARRIED = [METRICS_ANNOTATION, CURRENT, CONDITIONS, BEHAVIOR];
const DROPPED = [...CARRIED, `${PREFIX}scale-down-tolerance`, `${PREFIX}scale-up-tolerance`];

function isCpuShare({ type, resource }: MetricSpec): boolean {
  const share = resource?.target.averageUtilization;
  return type === 'Resource' && resource?.name === 'cpu' && share !== undefined;
}

/** withoutCarried takes out the annotations in which autoscaling/v1 carries what it has no fields for. */
function withoutCarried(metadata: ObjectMeta): ObjectMeta {
  const { annotations, ...rest } = metadata;
  if (annotations === undefined) return rest;
  const kept = Object.entries(annotations).filter(([key]) => !DROPPED.includes(key));
  return kept.length > 0 ? { ...rest, annotations: Object.fromEntries(kept) } : rest;
}

function goRules(rules: HPAScalingRules | undefined) {
  if (rules === undefined) return null;
  const {
    stabilizationWindowSeconds: window = null,
    selectPolicy = null,
    tolerance = null,
  } = rules;
  const policies = rules.policies?.map((one) => ({
    Type: one.type,
    Value: one.value,
    PeriodSeconds: one.periodSeconds,
  }));
  return {
    StabilizationWindowSeconds: window,
    SelectPolicy: selectPolicy,
    Policies: policies ?? null,
    Tolerance: tolerance,
  };
}

function carried(scaler: NewScaler): Record<string, string> {
  const { metrics = [], behavior } = scaler.spec;
  const { status } = scaler;
  const currentMetrics = status?.currentMetrics ?? [];
  const conditions = status?.conditions ?? [];
  const others = metrics.filter((one) => !isCpuShare(one)).map(oldMetric);
  const annotations: Record<string, string> = {};
  if (others.length > 0) annotations[METRICS_ANNOTATION] = JSON.stringify(others);
  if (currentMetrics.length > 0)
    annotations[CURRENT] = JSON.stringify(currentMetrics.map(oldMetricStatus));
  if (behavior !== undefined) {
    const { scaleUp, scaleDown } = behavior;
    annotations[BEHAVIOR] = JSON.stringify({
      ScaleUp: goRules(scaleUp),
      ScaleDown: goRules(scaleDown),
    });
  }
  if (conditions.length > 0) annotations[CONDITIONS] = JSON.stringify(conditions.map(oldCondition));
  return annotations;
}

function oldCondition(condition: HorizontalPodAutoscalerCondition) {
  const { type, status, lastTransitionTime = null, reason, message } = condition;
  return {
    type,
    status,
    lastTransitionTime,
    ...(reason && { reason }),
    ...(message && { message }),
  };
}

/** toOldScaler shows a scaler as autoscaling/v1: one target for CPU, the rest in annotations. */
export function toOldScaler(scaler: NewScaler): OldScaler {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics = [] } = scaler.spec;
  const share = metrics.find(isCpuShare)?.resource?.target.averageUtilization;
  const metadata = withoutCarried(scaler.metadata);
  const annotations = { ...metadata.annotations, ...carried(scaler) };
  const { status } = scaler;
  const cpu = status?.currentMetrics?.findLast(
    ({ type, resource }) => type === 'Resource' && resource?.name === 'cpu',
  );
  const current = cpu?.resource?.current.averageUtilization;
  return {
    apiVersion: 'autoscaling/v1',
    kind: scaler.kind,
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: {
      scaleTargetRef,
      ...(minReplicas !== undefined && { minReplicas }),
      maxReplicas,
      ...(share !== undefined && { targetCPUUtilizationPercentage: share }),
    },
    status: {
      ...(status?.observedGeneration && { observedGeneration: status.observedGeneration }),
      ...(status?.lastScaleTime && { lastScaleTime: status.lastScaleTime }),
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      ...(current !== undefined && { currentCPUUtilizationPercentage: current }),
    },
  };
}

/** parsed reads an annotation; undefined: it is not there, or nobody's business. */
function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

type GoRules = Record<string, unknown> | null | undefined;

/** Fields that are null there are not set. */
function rulesOf(rules: GoRules): HPAScalingRules | undefined {
  if (!rules) return undefined;
  const lower = (object: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(object)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
    );
  const { policies, ...rest } = lower(rules);
  const list = (policies as Record<string, unknown>[] | undefined)?.map(lower);
  return { ...rest, ...(list && { policies: list }) } as HPAScalingRules;
}

function behaviorOf(text: string | undefined): HorizontalPodAutoscalerBehavior | undefined {
  const behavior = parsed<{ ScaleUp?: GoRules; ScaleDown?: GoRules }>(text);
  const scaleUp = rulesOf(behavior?.ScaleUp);
  const scaleDown = rulesOf(behavior?.ScaleDown);
  if (scaleUp === undefined && scaleDown === undefined) return undefined;
  return { ...(scaleUp && { scaleUp }), ...(scaleDown && { scaleDown }) };
}

function metricsOf(scaler: OldScaler): MetricSpec[] {
  const others = parsed<OldMetric[]>(scaler.metadata.annotations?.[METRICS_ANNOTATION]) ?? [];
  const metrics = others.map(newMetric);
  const share = scaler.spec?.targetCPUUtilizationPercentage;
  if (share !== undefined) {
    const target = { type: 'Utilization', averageUtilization: share };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  return metrics.length > 0 ? metrics : defaultMetrics();
}

function statusOf(scaler: OldScaler): NewScaler['status'] {
  const { status, metadata } = scaler;
  const { currentCPUUtilizationPercentage: share, ...rest } = status ?? {
    currentReplicas: 0,
    desiredReplicas: 0,
  };
  const { annotations = {} } = metadata;
  const metrics = parsed<OldMetric[]>(annotations[CURRENT])?.map(newMetricStatus);
  const conditions = parsed<HorizontalPodAutoscalerCondition[]>(annotations[CONDITIONS]);
  const current = { averageUtilization: share ?? 0 };
  const cpu = [{ type: 'Resource', resource: { name: 'cpu', current } }];
  const currentMetrics = metrics ?? (share === undefined ? undefined : cpu);
  const { currentReplicas, ...counts } = rest;
  return {
    ...counts,
    ...(currentReplicas > 0 && { currentReplicas }),
    // Upstream shows that there are no metrics yet as null.
    currentMetrics: currentMetrics ?? (null as never),
    ...(conditions && { conditions }),
  };
}

/** fromOldScaler reads a scaler of autoscaling/v1, with what its annotations carry. */
export function fromOldScaler(scaler: OldScaler): NewScaler {
  const { scaleTargetRef, minReplicas, maxReplicas } = scaler.spec ?? {};
  const behavior = behaviorOf(scaler.metadata.annotations?.[BEHAVIOR]);
  const status = statusOf(scaler);
  return {
    apiVersion: 'autoscaling/v2',
    kind: scaler.kind,
    metadata: withoutCarried(scaler.metadata),
    spec: {
      scaleTargetRef,
      ...(minReplicas !== undefined && { minReplicas }),
      maxReplicas,
      metrics: metricsOf(scaler),
      ...(behavior && { behavior }),
    } as NewScaler['spec'],
    ...(status && { status }),
  };
}
