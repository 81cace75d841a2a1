import type { MatchCondition } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { ConditionMetrics } from '../../apiserver/metrics/admission-metrics.ts';
import { BOOL } from '../../cel/types/type.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { type CompiledExpression, compileExpression } from './compile-expression.ts';
import { BudgetExhausted, CONDITIONS_BUDGET, Evaluator, type Subject } from './evaluation.ts';

/** ConditionsResult is whether all conditions hold; `error` refuses the request. */
export type ConditionsResult =
  | { readonly matches: boolean; readonly error?: undefined }
  | { readonly error: string };

/** compileConditions compiles the match conditions of a webhook or policy. */
export function compileConditions(
  conditions: readonly MatchCondition[] | undefined,
  params: boolean,
): readonly CompiledExpression[] {
  return (conditions ?? []).map(({ expression }) =>
    compileExpression(expression, { params, authorizer: true }, [BOOL]),
  );
}

/** ConditionsRule: `failurePolicy` decides what becomes of conditions that cannot be evaluated. */
export interface ConditionsRule {
  readonly failurePolicy: string | undefined;
  readonly params?: KubeObject | undefined;
  /** Where it is counted: the name of what has the conditions, its kind, the step, the operation. */
  readonly counted: { readonly metrics: ConditionMetrics; readonly labels: readonly string[] };
}

/** evaluateConditions: a condition that is false decides, even if others have errors. */
export async function evaluateConditions(
  conditions: readonly CompiledExpression[],
  subject: Subject,
  rule: ConditionsRule,
): Promise<ConditionsResult> {
  if (conditions.length === 0) return { matches: true };
  const { metrics, labels } = rule.counted;
  const startedAt = performance.now();
  const result = await evaluate(conditions, subject, rule);
  metrics.duration.with(...labels).observe((performance.now() - startedAt) / 1000);
  if (result.error !== undefined) metrics.errors.with(...labels).inc();
  else if (!result.matches) metrics.exclusions.with(...labels).inc();
  return result;
}

async function evaluate(
  conditions: readonly CompiledExpression[],
  subject: Subject,
  { failurePolicy, params }: ConditionsRule,
): Promise<ConditionsResult> {
  const evaluator = new Evaluator(subject, { budget: CONDITIONS_BUDGET, params });
  const errors: string[] = [];
  try {
    for (const condition of conditions) {
      const { value, error } = await evaluator.evaluate(condition);
      if (error !== undefined) errors.push(error);
      else if (value === false) return { matches: false };
    }
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error;
    errors.splice(0, errors.length, error.message);
  }
  if (errors.length === 0) return { matches: true };
  if (failurePolicy === 'Ignore') return { matches: false };
  const unique = [...new Set(errors)];
  return { error: unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]` };
}
