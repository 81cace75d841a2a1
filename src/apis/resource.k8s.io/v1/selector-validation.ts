import { type FieldError, required, tooLong } from '../../../machinery/field-error.ts';
import { items } from './item-rules.ts';
import type { DeviceSelector } from './types.ts';

const MAX_SELECTORS = 32;
const MAX_EXPRESSION_LENGTH = 10 * 1024;

/** ExpressionCheck finds what is wrong with an expression that selects devices. */
export type ExpressionCheck = (path: string, expression: string) => readonly FieldError[];

/** selectorErrors checks what selects devices. */
export function selectorErrors(
  path: string,
  selectors: readonly DeviceSelector[] | undefined,
  check: ExpressionCheck,
): FieldError[] {
  const one = ({ cel }: DeviceSelector, place: string) => {
    if (cel === undefined) return [required(`${place}.cel`)];
    const { expression = '' } = cel;
    return expression.length > MAX_EXPRESSION_LENGTH
      ? [tooLong(`${place}.cel.expression`, MAX_EXPRESSION_LENGTH)]
      : check(`${place}.cel.expression`, expression);
  };
  return items(path, selectors, one, MAX_SELECTORS);
}
