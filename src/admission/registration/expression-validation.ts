import type { MatchCondition } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { CelType } from '../../cel/cel.ts';
import { BOOL } from '../../cel/types/type.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  required,
  tooMany,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { labelKeyErrors } from '../../machinery/names.ts';
import { type CompiledExpression, compileExpression } from '../expressions/compile-expression.ts';
import type { ExpressionScope } from '../expressions/variables.ts';

const MAX_CONDITIONS = 64;

/** problemErrors says at a field why its expression cannot be used. */
export function problemErrors({ text, problem }: CompiledExpression, path: string): FieldError[] {
  if (!problem) return [];
  if (!problem.internal) return [invalid(path, text, problem.detail)];
  return [{ type: 'InternalError', field: path, body: `Internal error: ${problem.detail}` }];
}

/** expressionErrors compiles an expression for its errors. */
export function expressionErrors(
  text: string,
  path: string,
  rule: { readonly scope: ExpressionScope; readonly wanted: readonly CelType[] },
): FieldError[] {
  return problemErrors(compileExpression(text, rule.scope, rule.wanted), path);
}

/** matchConditionErrors checks the conditions under which a webhook or policy is used. */
export function matchConditionErrors(
  conditions: readonly MatchCondition[] | undefined,
  path: string,
  params: boolean,
): FieldError[] {
  const all = conditions ?? [];
  const errors = all.length > MAX_CONDITIONS ? [tooMany(path, all.length, MAX_CONDITIONS)] : [];
  const rule = { scope: { params, authorizer: true }, wanted: [BOOL] };
  for (const [index, { name = '', expression = '' }] of all.entries()) {
    const at = (field: string) => childPath(indexPath(path, index), field);
    const text = expression.trim();
    if (text === '') errors.push(required(at('expression')));
    else errors.push(...expressionErrors(text, at('expression'), rule));
    if (name === '') errors.push(required(at('name')));
    else {
      errors.push(...labelKeyErrors(name).map((one) => invalid(at('name'), name, one)));
      if (all.findIndex((one) => one.name === name) < index)
        errors.push(duplicate(at('name'), name));
    }
  }
  return errors;
}
