import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { dnsLabelErrors, pathSegmentErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { validateContainerResourceName } from '../../core/v1/resource-names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { referenceErrors } from './reference-validation.ts';
import type {
  ContainerResourceMetricSource,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from './types.ts';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];

/** The sources in the order in which they are looked at: only the first is judged. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof SOURCES)[number];

function sourceOf(type: string): Source | undefined {
  return SOURCES.find((source) => source.toLowerCase() === type.toLowerCase());
}

function identifierErrors({ name = '' }: MetricIdentifier, path: string): FieldError[] {
  if (name === '') return [required(`${path}.name`, 'must specify a metric name')];
  return texts(`${path}.name`, name, pathSegmentErrors(name));
}

function isPositive(text: string): boolean {
  return isQuantity(text) && parseQuantity(text).nano > 0n;
}

function targetErrors(target: MetricTarget | undefined, path: string): FieldError[] {
  const { type = '', value, averageValue, averageUtilization } = target ?? {};
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type)) {
    const detail = 'must be either Utilization, Value, or AverageValue';
    errors.push(invalid(`${path}.type`, type, detail));
  }
  if (value !== undefined && !isPositive(value))
    errors.push(invalid(`${path}.value`, value, 'must be positive'));
  if (averageValue !== undefined && !isPositive(averageValue))
    errors.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1) {
    const at = `${path}.averageUtilization`;
    errors.push(invalid(at, averageUtilization, 'must be greater than 0'));
  }
  return errors;
}

/** utilizationErrors: a metric of a resource has either a share or an amount as its target. */
function utilizationErrors(target: MetricTarget | undefined, path: string): FieldError[] {
  const { averageUtilization: share, averageValue: amount } = target ?? {};
  const errors = targetErrors(target, path);
  if (share === undefined && amount === undefined) {
    const detail = 'must set either a target raw value or a target utilization';
    errors.push(required(`${path}.averageUtilization`, detail));
  }
  if (share !== undefined && amount !== undefined) {
    const detail = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(`${path}.averageValue`, detail));
  }
  return errors;
}

function containerNameErrors(source: ContainerResourceMetricSource, path: string): FieldError[] {
  const { name = '', container = '' } = source;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.name`, 'must specify a resource name'));
  else errors.push(...validateContainerResourceName(name, `${path}.name`));
  if (container === '') errors.push(required(`${path}.container`, 'must specify a container'));
  else errors.push(...texts(`${path}.container`, container, dnsLabelErrors(container)));
  return errors;
}

function valueErrors(target: MetricTarget | undefined, path: string, what: string): FieldError[] {
  const { value, averageValue } = target ?? {};
  if (value !== undefined || averageValue !== undefined) return [];
  return [required(`${path}.averageValue`, `must set either a target ${what}`)];
}

function sourceErrors(spec: MetricSpec, source: Source, path: string): FieldError[] {
  const target = spec[source]?.target;
  const at = `${path}.target`;
  const common = (metric: MetricIdentifier | undefined) => [
    ...identifierErrors(metric ?? { name: '' }, `${path}.metric`),
    ...targetErrors(target, at),
  ];
  switch (source) {
    case 'object':
      return [
        ...referenceErrors(spec.object?.describedObject, `${path}.describedObject`, true),
        ...common(spec.object?.metric),
        ...valueErrors(target, at, 'value or averageValue'),
      ];
    case 'external': {
      const detail = 'may not set both a target value for metric and a per-pod target';
      const both = target?.value !== undefined && target.averageValue !== undefined;
      return [
        ...common(spec.external?.metric),
        ...valueErrors(target, at, 'value for metric or a per-pod target'),
        ...(both ? [forbidden(`${at}.value`, detail)] : []),
      ];
    }
    case 'pods': {
      const detail = 'must specify a positive target averageValue';
      const missing = target?.averageValue === undefined;
      return [
        ...common(spec.pods?.metric),
        ...(missing ? [required(`${at}.averageValue`, detail)] : []),
      ];
    }
    case 'resource': {
      const named = (spec.resource?.name ?? '') !== '';
      return [
        ...(named ? [] : [required(`${path}.name`, 'must specify a resource name')]),
        ...utilizationErrors(target, at),
      ];
    }
    case 'containerResource':
      return [
        ...(spec.containerResource ? containerNameErrors(spec.containerResource, path) : []),
        ...utilizationErrors(target, at),
      ];
  }
}

/** metricErrors checks one metric: it has a type, and the source of that type and no other. */
export function metricErrors(spec: MetricSpec, path: string): FieldError[] {
  const { type = '' } = spec;
  const errors: FieldError[] = [];
  const unknown = notSupported(`${path}.type`, type, TYPES);
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!TYPES.includes(type)) errors.push(unknown);
  const present = SOURCES.filter((source) => spec[source] !== undefined);
  const [first] = present;
  if (first) errors.push(...sourceErrors(spec, first, `${path}.${first}`));
  const expected = TYPES.includes(type) ? sourceOf(type) : undefined;
  if (expected === undefined) errors.push(unknown);
  else if (spec[expected] === undefined) {
    const detail = 'must populate information for the given metric source';
    errors.push(required(`${path}.${expected}`, detail));
  }
  if (present.length === 1) return errors;
  const others = present.filter((source) => source !== expected);
  const detail = 'must populate the given metric source only';
  return [...errors, ...others.map((source) => forbidden(`${path}.${source}`, detail))];
}
