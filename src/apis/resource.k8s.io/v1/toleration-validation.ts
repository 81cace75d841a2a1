import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { labelValueErrors } from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { labelName } from './item-rules.ts';
import type { DeviceToleration } from './types.ts';

const OPERATORS = ['Equal', 'Exists'];
const EFFECTS = ['NoExecute', 'NoSchedule'];

function valueErrors(path: string, { operator, value = '' }: DeviceToleration): FieldError[] {
  switch (operator ?? '') {
    case 'Exists':
      return value === ''
        ? []
        : [invalid(`${path}.value`, value, 'must be empty for operator `Exists`')];
    case 'Equal':
      return texts(`${path}.value`, value, labelValueErrors(value));
    case '':
      return [required(`${path}.operator`)];
    default:
      return [notSupported(`${path}.operator`, operator ?? '', OPERATORS)];
  }
}

/** tolerationErrors checks which taints of devices a request does not mind. */
export function tolerationErrors(toleration: DeviceToleration, path: string): FieldError[] {
  const { key = '', effect = '' } = toleration;
  return [
    ...(key === '' ? [] : labelName(`${path}.key`, key)),
    ...valueErrors(path, toleration),
    ...(effect === '' || EFFECTS.includes(effect)
      ? []
      : [notSupported(`${path}.effect`, effect, EFFECTS)]),
  ];
}
