import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../v2/types.ts';

/** OldMetric is a metric, or the state of one, in the form that autoscaling/v1 keeps in annotations. */
export type OldMetric = { readonly type: string } & Readonly<
  Partial<Record<'object' | 'pods' | 'resource' | 'containerResource' | 'external', OldSource>>
>;

type OldSource = Readonly<Record<string, unknown>>;

const NONE = '0';

/** present leaves out the fields that are not set. */
function present(fields: Record<string, unknown>): OldSource {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function oldIdentifier({ name, selector }: MetricIdentifier, selectorField: string) {
  return { metricName: name, [selectorField]: selector };
}

/** The fields in upstream's order: they become text. */
function oldReference({ kind, name, apiVersion }: CrossVersionObjectReference): OldSource {
  return present({ kind, name, apiVersion });
}

/** oldMetric writes a metric as autoscaling/v1 does. */
export function oldMetric(spec: MetricSpec): OldMetric {
  const { type, object, pods, resource, containerResource: container, external } = spec;
  return {
    type,
    ...(object && {
      object: present({
        target: oldReference(object.describedObject),
        metricName: object.metric.name,
        targetValue: object.target.value ?? NONE,
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    }),
    ...(pods && {
      pods: present({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? NONE,
        selector: pods.metric.selector,
      }),
    }),
    ...(resource && { resource: oldResource(resource.name, resource.target) }),
    ...(container && {
      containerResource: {
        ...oldResource(container.name, container.target),
        container: container.container,
      },
    }),
    ...(external && {
      external: present({
        ...oldIdentifier(external.metric, 'metricSelector'),
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
    }),
  };
}

function oldResource(name: string, target: MetricTarget): OldSource {
  return present({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  });
}

/** oldMetricStatus writes the state of a metric as autoscaling/v1 does. */
export function oldMetricStatus(status: MetricStatus): OldMetric {
  const { type, object, pods, resource, containerResource: container, external } = status;
  return {
    type,
    ...(object && {
      object: present({
        target: oldReference(object.describedObject),
        metricName: object.metric.name,
        currentValue: object.current.value ?? NONE,
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    }),
    ...(pods && {
      pods: present({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? NONE,
        selector: pods.metric.selector,
      }),
    }),
    ...(resource && { resource: oldCurrent(resource.name, resource.current) }),
    ...(container && {
      containerResource: {
        ...oldCurrent(container.name, container.current),
        container: container.container,
      },
    }),
    ...(external && {
      external: present({
        ...oldIdentifier(external.metric, 'metricSelector'),
        currentValue: external.current.value ?? NONE,
        currentAverageValue: external.current.averageValue,
      }),
    }),
  };
}

function oldCurrent(name: string, current: MetricValueStatus): OldSource {
  return present({
    name,
    currentAverageUtilization: current.averageUtilization,
    currentAverageValue: current.averageValue ?? NONE,
  });
}

function target(type: string, fields: Record<string, unknown>): MetricTarget {
  return { type, ...present(fields) } as MetricTarget;
}

function identifier(source: OldSource, selectorField = 'selector'): MetricIdentifier {
  return present({ name: source.metricName, selector: source[selectorField] }) as never;
}

function resourceTarget(source: OldSource): MetricTarget {
  const { targetAverageUtilization: share, targetAverageValue: amount } = source;
  const type = share === undefined ? 'AverageValue' : 'Utilization';
  return target(type, { averageValue: amount, averageUtilization: share });
}

/** newMetric reads a metric that autoscaling/v1 wrote. */
export function newMetric(old: OldMetric): MetricSpec {
  const { type, object, pods, resource, containerResource: container, external } = old;
  const spec: MetricSpec = { type };
  if (object) {
    const { target: about, targetValue: value, averageValue } = object;
    const kind = averageValue === undefined ? 'Value' : 'AverageValue';
    spec.object = {
      describedObject: about as never,
      metric: identifier(object),
      target: target(kind, { value, averageValue }),
    };
  }
  if (pods) {
    const averageValue = pods.targetAverageValue;
    spec.pods = { metric: identifier(pods), target: target('AverageValue', { averageValue }) };
  }
  if (resource) spec.resource = { name: `${resource.name}`, target: resourceTarget(resource) };
  if (container) {
    const { name, container: of } = container;
    const named = { name: `${name}`, container: `${of}` };
    spec.containerResource = { ...named, target: resourceTarget(container) };
  }
  if (external) {
    const { targetValue: value, targetAverageValue: averageValue } = external;
    const kind = value === undefined ? 'AverageValue' : 'Value';
    const metric = identifier(external, 'metricSelector');
    spec.external = { metric, target: target(kind, { value, averageValue }) };
  }
  return spec;
}

function current(fields: Record<string, unknown>): MetricValueStatus {
  return present(fields) as MetricValueStatus;
}

function resourceCurrent(source: OldSource): MetricValueStatus {
  const { currentAverageUtilization: share, currentAverageValue: amount } = source;
  return current({ averageValue: amount, averageUtilization: share });
}

/** newMetricStatus reads the state of a metric that autoscaling/v1 wrote. */
export function newMetricStatus(old: OldMetric): MetricStatus {
  const { type, object, pods, resource, containerResource: container, external } = old;
  const status: MetricStatus = { type };
  if (object) {
    const { target: about, currentValue: value, averageValue } = object;
    status.object = {
      describedObject: about as never,
      metric: identifier(object),
      current: current({ value, averageValue }),
    };
  }
  if (pods) {
    const averageValue = pods.currentAverageValue;
    status.pods = { metric: identifier(pods), current: current({ averageValue }) };
  }
  if (resource) status.resource = { name: `${resource.name}`, current: resourceCurrent(resource) };
  if (container) {
    const { name, container: of } = container;
    const named = { name: `${name}`, container: `${of}` };
    status.containerResource = { ...named, current: resourceCurrent(container) };
  }
  if (external) {
    const { currentValue: value, currentAverageValue: averageValue } = external;
    const metric = identifier(external, 'metricSelector');
    status.external = { metric, current: current({ value, averageValue }) };
  }
  return status;
}
