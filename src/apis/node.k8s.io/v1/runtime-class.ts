import { duplicate, type FieldError } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors } from '../../../machinery/names.ts';
import { deprecatedNodeLabel } from '../../core/v1/node-label-warnings.ts';
import { validateTolerations } from '../../core/v1/pod-spec-validation.ts';
import { canonicalMilli } from '../../core/v1/resource-list.ts';
import { validateResourceRequirements } from '../../core/v1/resource-validation.ts';
import { immutable, labelErrors, texts } from '../../core/v1/validation-rules.ts';
import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import { internalForm } from '../../schema/index.ts';
import type { RuntimeClass, Scheduling } from './types.ts';

/** defaultRuntimeClass prints amounts canonically. */
export function defaultRuntimeClass({ overhead }: RuntimeClass): void {
  if (overhead?.podFixed) overhead.podFixed = canonicalMilli(overhead.podFixed);
}

function schedulingErrors({ nodeSelector, tolerations = [] }: Scheduling): FieldError[] {
  const path = 'scheduling.tolerations';
  const seen = new Set<string>();
  return [
    ...labelErrors('scheduling.nodeSelector', nodeSelector),
    ...validateTolerations(tolerations, `${path}.tolerations`),
    ...tolerations.flatMap((one, index) => {
      const { key = '', operator = '', value = '', effect = '' } = one;
      const id = JSON.stringify([key, operator, value, effect]);
      const again = seen.has(id);
      seen.add(id);
      return again ? [duplicate(indexPath(path, index), internalForm('core.Toleration', one))] : [];
    }),
  ];
}

/** validateRuntimeClass checks handler, overhead and where pods of the class run. */
export function validateRuntimeClass(one: RuntimeClass): FieldError[] {
  const { handler = '', overhead, scheduling } = one;
  return [
    ...texts('handler', handler, dnsLabelErrors(handler)),
    ...(overhead?.podFixed
      ? validateResourceRequirements({ limits: overhead.podFixed }, 'overhead')
      : []),
    ...(scheduling === undefined ? [] : schedulingErrors(scheduling)),
  ];
}

/** validateRuntimeClassUpdate keeps the handler. */
export function validateRuntimeClassUpdate(one: RuntimeClass, old: RuntimeClass): FieldError[] {
  return immutable('handler', one.handler, old.handler);
}

/** runtimeClassWarnings names labels of nodes that are not used any more. */
export function runtimeClassWarnings({ scheduling }: RuntimeClass): string[] {
  return Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
    const text = deprecatedNodeLabel(key);
    return text === undefined ? [] : [`scheduling.nodeSelector: ${text}`];
  });
}

/** RUNTIME_CLASS_COLUMNS are the columns of `kubectl get runtimeclasses`. */
export const RUNTIME_CLASS_COLUMNS: readonly PrinterColumn<RuntimeClass>[] = [
  nameColumn(),
  column('Handler', '', (one) => one.handler),
  ageColumn(),
];
