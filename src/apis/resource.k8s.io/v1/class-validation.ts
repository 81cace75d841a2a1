import { deepEqual } from '../../../machinery/deep-equal.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import { configurationErrors } from './configuration-validation.ts';
import { items } from './item-rules.ts';
import { type ExpressionCheck, selectorErrors } from './selector-validation.ts';
import type { DeviceClass } from './types.ts';

const MAX_CONFIGURATIONS = 32;

function classErrors({ spec }: DeviceClass, check: ExpressionCheck, isStored: boolean) {
  return [
    ...selectorErrors('spec.selectors', spec?.selectors, check),
    ...items(
      'spec.config',
      spec?.config,
      (one, path) => configurationErrors(path, one, isStored),
      MAX_CONFIGURATIONS,
    ),
  ];
}

/** validateDeviceClass checks what selects the devices of a class, and how they are set up. */
export function validateDeviceClass(one: DeviceClass, check: ExpressionCheck): FieldError[] {
  return classErrors(one, check, false);
}

/** validateDeviceClassUpdate checks again what may have grown; upstream shows each problem twice. */
export function validateDeviceClassUpdate(
  one: DeviceClass,
  old: DeviceClass,
  check: ExpressionCheck,
): FieldError[] {
  return classErrors(one, check, deepEqual(one.spec?.config, old.spec?.config));
}
