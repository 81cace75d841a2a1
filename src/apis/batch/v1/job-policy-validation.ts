import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { invalidBare, nonNegative, texts } from '../../core/v1/validation-rules.ts';
import { countOf, parseIndexes } from './job-indexes.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from './types.ts';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXES_LENGTH = 64 * 1024;

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (value && allowed.includes(value)) return [];
  if (value) return [notSupported(path, value, allowed)];
  const list = allowed.map((one) => JSON.stringify(one)).join(' ');
  return [required(path, `valid values: [${list}]`)];
}

function conditionErrors(
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: string,
): FieldError[] {
  const errors = patterns.length > MAX_RULES ? [tooMany(path, patterns.length, MAX_RULES)] : [];
  for (const [index, { type, status }] of patterns.entries()) {
    const at = indexPath(path, index);
    errors.push(...texts(`${at}.type`, type, labelKeyErrors(type)));
    errors.push(...oneOf(`${at}.status`, status, STATUSES));
  }
  return errors;
}

function exitCodeErrors(
  { containerName, operator, values: given }: PodFailurePolicyOnExitCodesRequirement,
  path: string,
  containers: ReadonlySet<string>,
): FieldError[] {
  const errors = oneOf(`${path}.operator`, operator, OPERATORS);
  if (containerName !== undefined && !containers.has(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(`${path}.containerName`, containerName, detail));
  }
  const at = `${path}.values`;
  const values = given ?? [];
  if (values.length === 0) errors.push(invalid(at, given, 'at least one value is required'));
  if (values.length > MAX_EXIT_CODES) errors.push(tooMany(at, values.length, MAX_EXIT_CODES));
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalid(indexPath(at, index), value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(duplicate(indexPath(at, index), value));
  }
  const falls = values.some((value, index) => value < (values[index - 1] ?? value));
  return falls ? [...errors, invalid(at, values, 'must be ordered')] : errors;
}

function failureRuleErrors(rule: PodFailurePolicyRule, spec: JobSpec, path: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors: FieldError[] = [];
  if (action === 'FailIndex') {
    const detail = 'requires the backoffLimitPerIndex to be set';
    if (spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${path}.action`, action, detail));
  } else errors.push(...oneOf(`${path}.action`, action, ACTIONS));
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map((one) => one.name));
  if (onExitCodes) errors.push(...exitCodeErrors(onExitCodes, `${path}.onExitCodes`, names));
  errors.push(...conditionErrors(onPodConditions, `${path}.onPodConditions`));
  const both = onExitCodes !== undefined && onPodConditions.length > 0;
  if (both)
    errors.push(
      invalidBare(path, 'specifying both OnExitCodes and OnPodConditions is not supported'),
    );
  if (onExitCodes === undefined && onPodConditions.length === 0)
    errors.push(invalidBare(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

/** failurePolicyErrors checks what a job says of pods that fail. */
export function failurePolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = `${path}.rules`;
  const errors = rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : [];
  return [
    ...errors,
    ...rules.flatMap((rule, index) => failureRuleErrors(rule, spec, indexPath(at, index))),
  ];
}

function successRuleErrors(
  { succeededCount: count, succeededIndexes: indexes }: SuccessPolicyRule,
  completions: number,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined) {
    const detail = 'at least one of succeededCount or succeededIndexes must be specified';
    errors.push(required(path, detail));
  }
  const at = `${path}.succeededIndexes`;
  if ((indexes ?? '').length > MAX_INDEXES_LENGTH) errors.push(tooLong(at, MAX_INDEXES_LENGTH));
  const parsed = parseIndexes(indexes ?? '', completions);
  if (typeof parsed === 'string')
    errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${parsed}`));
  if (count === undefined) return errors;
  const countPath = `${path}.succeededCount`;
  errors.push(...nonNegative(countPath, count));
  const most = (limit: number, what: string) =>
    invalid(countPath, count, `must be less than or equal to ${limit} (the number of ${what})`);
  if (count > completions) errors.push(most(completions, 'specified completions'));
  const total = typeof parsed === 'string' ? 0 : countOf(parsed);
  if (indexes !== undefined && count > total)
    errors.push(most(total, 'indexes in the specified succeededIndexes field'));
  return errors;
}

/** successPolicyErrors checks when a job with indexes counts as done. */
export function successPolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.successPolicy?.rules ?? [];
  const at = `${path}.rules`;
  const errors: FieldError[] = [];
  const detail = 'at least one rules must be specified when the successPolicy is specified';
  if (rules.length === 0) errors.push(required(at, detail));
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES));
  const completions = spec.completions ?? 0;
  for (const [index, rule] of rules.entries())
    errors.push(...successRuleErrors(rule, completions, indexPath(at, index)));
  return errors;
}
