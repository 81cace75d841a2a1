import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { compareQuantities, parseQuantity, type Quantity } from '../../../machinery/quantity.ts';
import {
  isHugePages,
  isNativeResource,
  validateContainerResourceName,
  validateResourceName,
} from './resource-names.ts';
import type { LimitRange, LimitRangeItem } from './types.ts';
import { texts } from './validation-rules.ts';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const ONE: Quantity = parseQuantity('1');

type Part = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';
type Bounds = Readonly<Partial<Record<Part, { readonly text: string; readonly amount: Quantity }>>>;

function typeErrors(type: string, path: string): FieldError[] {
  const errors = texts(path, type, labelKeyErrors(type));
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors;
  return [invalid(path, type, 'must be a standard limit type or fully qualified')];
}

function boundsOf(item: LimitRangeItem, parts: readonly Part[], name: string): Bounds {
  const found: Partial<Record<Part, { text: string; amount: Quantity }>> = {};
  for (const part of parts) {
    const text = item[part]?.[name];
    if (text !== undefined) found[part] = { text, amount: parseQuantity(text) };
  }
  return found;
}

interface Comparison {
  readonly low: Part;
  readonly lowWord: string;
  readonly high: Part;
  readonly highWord: string;
  /** The part that the error is about, and the part whose value it shows. */
  readonly about: Part;
  readonly shown: Part;
}

const COMPARISONS: readonly Comparison[] = [
  { low: 'min', lowWord: 'min', high: 'max', highWord: 'max', about: 'min', shown: 'min' },
  {
    low: 'min',
    lowWord: 'min',
    high: 'defaultRequest',
    highWord: 'default request',
    about: 'defaultRequest',
    shown: 'defaultRequest',
  },
  {
    low: 'defaultRequest',
    lowWord: 'default request',
    high: 'max',
    highWord: 'max',
    about: 'defaultRequest',
    shown: 'defaultRequest',
  },
  {
    low: 'defaultRequest',
    lowWord: 'default request',
    high: 'default',
    highWord: 'default limit',
    about: 'defaultRequest',
    shown: 'defaultRequest',
  },
  {
    low: 'min',
    lowWord: 'min',
    high: 'default',
    highWord: 'default',
    about: 'default',
    shown: 'min',
  },
  {
    low: 'default',
    lowWord: 'default',
    high: 'max',
    highWord: 'max',
    about: 'default',
    shown: 'max',
  },
];

function orderErrors(bounds: Bounds, name: string, path: string): FieldError[] {
  return COMPARISONS.flatMap(({ low, lowWord, high, highWord, about, shown }) => {
    const [less, more] = [bounds[low], bounds[high]];
    if (!less || !more || compareQuantities(less.amount, more.amount) <= 0) return [];
    const detail = `${lowWord} value ${less.text} is greater than ${highWord} value ${more.text}`;
    return [invalid(keyPath(`${path}.${about}`, name), bounds[shown]?.text, detail)];
  });
}

function ratioErrors(bounds: Bounds, name: string, path: string): FieldError[] {
  const { maxLimitRequestRatio: ratio, min, max } = bounds;
  if (ratio === undefined) return [];
  const at = keyPath(`${path}.maxLimitRequestRatio`, name);
  const errors: FieldError[] = [];
  if (compareQuantities(ratio.amount, ONE) < 0)
    errors.push(invalid(at, ratio.text, `ratio ${ratio.text} is less than 1`));
  if (min === undefined || max === undefined) return errors;
  const limit = Number(max.amount.nano) / Number(min.amount.nano);
  if (Number(ratio.amount.nano) / 1e9 > limit) {
    const detail = `ratio ${ratio.text} is greater than max/min = ${limit.toFixed(6)}`;
    errors.push(invalid(at, ratio.text, detail));
  }
  return errors;
}

function overcommitErrors(bounds: Bounds, name: string, path: string): FieldError[] {
  const { default: limit, defaultRequest: request } = bounds;
  if ((isNativeResource(name) && !isHugePages(name)) || !limit || !request) return [];
  if (compareQuantities(limit.amount, request.amount) === 0) return [];
  const detail = `default value ${limit.text} must equal to defaultRequest value ${request.text} in ${name}`;
  return [invalid(keyPath(`${path}.defaultRequest`, name), request.text, detail)];
}

function itemErrors(item: LimitRangeItem, path: string): FieldError[] {
  const isPod = item.type === 'Pod';
  const parts: Part[] = ['max', 'min'];
  const errors: FieldError[] = [];
  const nameErrors = (part: Part) =>
    Object.keys(item[part] ?? {}).flatMap((name) =>
      isPod || item.type === 'Container'
        ? validateContainerResourceName(name, keyPath(`${path}.${part}`, name))
        : validateResourceName(name, keyPath(`${path}.${part}`, name)),
    );
  errors.push(...nameErrors('max'), ...nameErrors('min'));
  for (const part of ['default', 'defaultRequest'] as const) {
    const present = Object.keys(item[part] ?? {}).length > 0;
    if (isPod && present)
      errors.push(forbidden(`${path}.${part}`, "may not be specified when `type` is 'Pod'"));
    if (isPod) continue;
    errors.push(...nameErrors(part));
    parts.push(part);
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.storage === undefined &&
    item.max?.storage === undefined
  ) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(`${path}.limits`, detail));
  }
  errors.push(...nameErrors('maxLimitRequestRatio'));
  parts.push('maxLimitRequestRatio');
  const names = new Set(parts.flatMap((part) => Object.keys(item[part] ?? {})));
  for (const name of names) {
    const bounds = boundsOf(item, parts, name);
    errors.push(
      ...orderErrors(bounds, name, path),
      ...ratioErrors(bounds, name, path),
      ...overcommitErrors(bounds, name, path),
    );
  }
  return errors;
}

/** validateLimitRange checks types, names of resources and that the bounds make sense together. */
export function validateLimitRange(range: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return (range.spec?.limits ?? []).flatMap((item, index) => {
    const path = indexPath('spec.limits', index);
    const errors = typeErrors(item.type ?? '', `${path}.type`);
    if (seen.has(item.type)) errors.push(duplicate(`${path}.type`, item.type));
    seen.add(item.type);
    return [...errors, ...itemErrors(item, path)];
  });
}
