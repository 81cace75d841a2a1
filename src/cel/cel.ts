import { check, type Declarations } from './checker.ts';
import { type CostEstimate, estimateCost } from './cost/estimate.ts';
import { type Activation, Frame, type Step } from './evaluate/frame.ts';
import { PlanError, plan } from './evaluate/plan.ts';
import type { Library } from './library/library.ts';
import { newLibrary } from './library/library.ts';
import { literalIssues } from './literal-checks.ts';
import { parseExpression } from './syntax/parser.ts';
import { type Issue, showIssues } from './syntax/source.ts';
import type { CelType } from './types/type.ts';
import type { TypeSource } from './types/type-source.ts';
import { CelError, CostExceeded } from './values/errors.ts';
import type { Value } from './values/value.ts';

export type { Activation } from './evaluate/frame.ts';
export type { CelType } from './types/type.ts';
export { CelError, CostExceeded } from './values/errors.ts';
export type { Value } from './values/value.ts';

/** PER_EXPRESSION_COST is the most that one evaluation may cost, as in Kubernetes. */
const PER_EXPRESSION_COST = 1_000_000;

/** Environment is what expressions may use: variables with their types, types to make, functions. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>;
  /** Types that expressions can make, such as `Object.spec`, by name. Default none. */
  readonly types?: TypeSource;
  /** Default: the functions of Kubernetes 1.34. */
  readonly library?: Library;
  /** Whether `cel.bind(name, value, expression)` is known. */
  readonly hasBindings?: boolean;
}

/** Evaluation is a result with its cost; errors are answered, not thrown. */
export type Evaluation =
  | { readonly value: Value; readonly cost: number; readonly error?: undefined }
  | { readonly value?: undefined; readonly cost: number; readonly error: CelError | CostExceeded };

/** EvaluationOptions: `costLimit` is what is left to spend, if less than PER_EXPRESSION_COST. */
export interface EvaluationOptions {
  readonly costLimit?: number;
}

/** Program is an expression that can be evaluated any number of times. */
export interface Program {
  readonly resultType: CelType;
  /** The bounds of its cost, for what the sizes that types state allow. */
  estimate(): CostEstimate;
  evaluate(activation: Activation, options?: EvaluationOptions): Evaluation;
}

/** Compiled is a program, or `message`: what is wrong in cel-go's words, with places in the text. */
export type Compiled =
  | { readonly program: Program; readonly message?: undefined }
  | {
      readonly program?: undefined;
      readonly message: string;
      readonly issues: readonly Issue[];
      /** Upstream says `compilation failed` or `program instantiation failed` before the message. */
      readonly stage: 'compilation' | 'instantiation';
    };

let kubernetesLibrary: Library | undefined;

/** kubernetesFunctions are the functions of Kubernetes 1.34, made when they are first needed. */
export function kubernetesFunctions(): Library {
  kubernetesLibrary ??= newLibrary();
  return kubernetesLibrary;
}

function failed(text: string, found: readonly Issue[]): Compiled {
  const seen = new Set<string>();
  const issues = found.filter(({ at, message }) => {
    const key = `${at} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return { message: showIssues(text, issues), issues, stage: 'compilation' };
}

/** compile reads and checks an expression in an environment. It never throws for a wrong one. */
export function compile(text: string, environment: Environment): Compiled {
  const parsed = parseExpression(text, environment.hasBindings);
  if (!parsed.expression) return failed(text, parsed.issues);
  const { expression } = parsed;
  const declarations: Declarations = {
    library: environment.library ?? kubernetesFunctions(),
    variables: environment.variables,
    types: environment.types ?? new Map(),
  };
  const checked = check(expression, declarations);
  if (checked.issues.length > 0) return failed(text, checked.issues);
  const literal = literalIssues(expression, checked);
  if (literal.length > 0) return failed(text, literal);
  let run: Step;
  try {
    run = plan(expression, checked, declarations.types);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { message: error.message, issues: [], stage: 'instantiation' };
  }
  return {
    program: {
      resultType: checked.typeOf(expression),
      estimate: () => estimateCost(expression, checked, environment.variables),
      evaluate: (activation, { costLimit = PER_EXPRESSION_COST } = {}) => {
        const frame = new Frame(activation, Math.min(costLimit, PER_EXPRESSION_COST));
        try {
          return { value: run(frame), cost: frame.cost };
        } catch (error) {
          if (error instanceof CelError || error instanceof CostExceeded)
            return { error, cost: frame.cost };
          throw error;
        }
      },
    },
  };
}
