import { type FieldError, forbidden } from '../../../machinery/field-error.ts';
import { preemptionErrors } from '../../core/v1/pod-spec-validation.ts';
import { immutable } from '../../core/v1/validation-rules.ts';
import {
  ageColumn,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { PriorityClass } from './types.ts';

/** HIGHEST_USER_PRIORITY is the largest value that a class of users may have. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';

/** SYSTEM_PRIORITY_CLASSES are the classes that every cluster has. */
export const SYSTEM_PRIORITY_CLASSES: readonly {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}[] = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

/** defaultPriorityClass lets pods of the class preempt others. */
export function defaultPriorityClass(priorityClass: PriorityClass): void {
  priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  priorityClass.value ??= 0;
}

function systemError({ metadata, value = 0, globalDefault = false }: PriorityClass) {
  const name = metadata.name ?? '';
  const known = SYSTEM_PRIORITY_CLASSES.find((one) => one.name === name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** validatePriorityClass checks a new class: names and values of the system's are reserved. */
export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const { metadata, value = 0, preemptionPolicy: policy } = priorityClass;
  const errors: FieldError[] = [];
  if (metadata.name?.startsWith(SYSTEM_PREFIX)) {
    const problem = systemError(priorityClass);
    const detail = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`;
    if (problem !== undefined) errors.push(forbidden('metadata.name', detail));
  } else if (value > HIGHEST_USER_PRIORITY) {
    const detail = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
    errors.push(forbidden('value', detail));
  }
  return [...errors, ...preemptionErrors(policy, 'preemptionPolicy')];
}

/** validatePriorityClassUpdate keeps value and policy. */
export function validatePriorityClassUpdate(one: PriorityClass, old: PriorityClass): FieldError[] {
  const same = (one.value ?? 0) === (old.value ?? 0);
  return [
    ...(same ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', one.preemptionPolicy, old.preemptionPolicy),
  ];
}

/** PRIORITY_CLASS_COLUMNS are the columns of `kubectl get priorityclasses`. */
export const PRIORITY_CLASS_COLUMNS: readonly PrinterColumn<PriorityClass>[] = [
  nameColumn(),
  numberColumn('Value', 'The priority of the pods of the class.', (one) => one.value ?? 0),
  {
    name: 'Global-Default',
    type: 'boolean',
    description: 'Whether pods that name no class have this one.',
    cell: (one) => one.globalDefault ?? false,
  },
  ageColumn(),
  {
    ...wideColumn<PriorityClass>(
      'PreemptionPolicy',
      'preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.',
      (one) => one.preemptionPolicy ?? '',
    ),
    priority: 0,
  },
];
