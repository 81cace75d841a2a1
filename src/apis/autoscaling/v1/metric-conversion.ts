import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
} from '../v2/types.ts';

/** OldMetric is a metric, or the state of one, in the form that autoscaling/v1 keeps in annotations. */
export type OldMetric = { readonly type: string } & Readonly<
  Partial<Record<'object' | 'pods' | 'resource' | 'containerResource' | 'external', OldSource>>
>;

type OldSource = Readonly<Record<string, unknown>>;

const NONE = '0';

/** Side is what tells a metric that is wanted from the state of one: how its amounts are named. */
type Side = 'target' | 'current';

interface Amounts {
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

type Sided = Readonly<Partial<Record<Side, Amounts>>>;

/** present leaves out the fields that are not set. */
function present(fields: Record<string, unknown>): OldSource {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The fields in upstream's order: they become text. */
function oldReference({ kind, name, apiVersion }: CrossVersionObjectReference): OldSource {
  return present({ kind, name, apiVersion });
}

/** oldForm writes a metric of either side. What upstream keeps without a pointer is `0` when absent. */
function oldForm(metric: MetricSpec | MetricStatus, side: Side): OldMetric {
  const { type, object, pods, resource, containerResource: container, external } = metric;
  const amountsOf = (one: Sided): Amounts => one[side] ?? {};
  const orNone = (amount: string | undefined) => (side === 'current' ? (amount ?? NONE) : amount);
  const oldResource = (name: string, { averageUtilization, averageValue }: Amounts) =>
    present({
      name,
      [`${side}AverageUtilization`]: averageUtilization,
      [`${side}AverageValue`]: orNone(averageValue),
    });
  return {
    type,
    ...(object && {
      object: present({
        target: oldReference(object.describedObject),
        metricName: object.metric.name,
        [`${side}Value`]: amountsOf(object).value ?? NONE,
        selector: object.metric.selector,
        averageValue: amountsOf(object).averageValue,
      }),
    }),
    ...(pods && {
      pods: present({
        metricName: pods.metric.name,
        [`${side}AverageValue`]: amountsOf(pods).averageValue ?? NONE,
        selector: pods.metric.selector,
      }),
    }),
    ...(resource && { resource: oldResource(resource.name, amountsOf(resource)) }),
    ...(container && {
      containerResource: {
        ...oldResource(container.name, amountsOf(container)),
        container: container.container,
      },
    }),
    ...(external && {
      external: present({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        [`${side}Value`]: orNone(amountsOf(external).value),
        [`${side}AverageValue`]: amountsOf(external).averageValue,
      }),
    }),
  };
}

/** oldMetric writes a metric as autoscaling/v1 does. */
export function oldMetric(spec: MetricSpec): OldMetric {
  return oldForm(spec, 'target');
}

/** oldMetricStatus writes the state of a metric as autoscaling/v1 does. */
export function oldMetricStatus(status: MetricStatus): OldMetric {
  return oldForm(status, 'current');
}

function identifier(source: OldSource, selectorField = 'selector'): MetricIdentifier {
  return present({ name: source.metricName, selector: source[selectorField] }) as never;
}

/** newForm reads a metric of either side; only targets say of what type they are. */
function newForm<T extends MetricSpec | MetricStatus>(old: OldMetric, side: Side): T {
  const { type, object, pods, resource, containerResource: container, external } = old;
  const amounts = (kind: string, fields: Record<string, unknown>) => ({
    [side]: { ...(side === 'target' ? { type: kind } : {}), ...present(fields) },
  });
  const ofResource = (source: OldSource) => {
    const averageUtilization = source[`${side}AverageUtilization`];
    const averageValue = source[`${side}AverageValue`];
    const kind = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
    return { name: `${source.name}`, ...amounts(kind, { averageValue, averageUtilization }) };
  };
  const metric: Record<string, unknown> = { type };
  if (object) {
    const { target: describedObject, averageValue } = object;
    const kind = averageValue === undefined ? 'Value' : 'AverageValue';
    const sized = amounts(kind, { value: object[`${side}Value`], averageValue });
    metric.object = { describedObject, metric: identifier(object), ...sized };
  }
  if (pods) {
    const averageValue = pods[`${side}AverageValue`];
    metric.pods = { metric: identifier(pods), ...amounts('AverageValue', { averageValue }) };
  }
  if (resource) metric.resource = ofResource(resource);
  if (container) {
    metric.containerResource = { ...ofResource(container), container: `${container.container}` };
  }
  if (external) {
    const value = external[`${side}Value`];
    const sized = amounts(value === undefined ? 'AverageValue' : 'Value', {
      value,
      averageValue: external[`${side}AverageValue`],
    });
    metric.external = { metric: identifier(external, 'metricSelector'), ...sized };
  }
  return metric as unknown as T;
}

/** newMetric reads a metric that autoscaling/v1 wrote. */
export function newMetric(old: OldMetric): MetricSpec {
  return newForm(old, 'target');
}

/** newMetricStatus reads the state of a metric that autoscaling/v1 wrote. */
export function newMetricStatus(old: OldMetric): MetricStatus {
  return newForm(old, 'current');
}
