import type {
  AdmissionRequest,
  AuthorizationAttributes,
  Authorizer,
} from '../../apiserver/contracts.ts';
import type { UserInfo } from '../../apiserver/resource-definition.ts';
import { type Activation, CelError, type Value } from '../../cel/cel.ts';
import {
  type AccessAnswer,
  type AccessQuestion,
  newAuthorizerValue,
  newResourceCheck,
} from '../../cel/library/authorizer.ts';
import { DYN } from '../../cel/types/type.ts';
import { fromJson } from '../../cel/values/collections.ts';
import { CelMap } from '../../cel/values/value.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { namespaceOf } from '../matching/attributes.ts';
import type { RequestView } from '../matching/versions.ts';
import { requestFacts } from '../webhook/review.ts';
import type { CompiledExpression } from './compile-expression.ts';
import { NAMESPACE_TYPE, REQUEST_TYPE } from './variables.ts';

/** POLICY_BUDGET is what the expressions of one policy may cost together. */
export const POLICY_BUDGET = 10_000_000;
/** CONDITIONS_BUDGET is what the match conditions of one webhook or policy may cost together. */
export const CONDITIONS_BUDGET = POLICY_BUDGET / 4;

const EXHAUSTED =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** BudgetExhausted ends the evaluation of all expressions of a policy. */
export class BudgetExhausted extends Error {
  override readonly name = 'BudgetExhausted';

  constructor() {
    super(EXHAUSTED);
  }
}

/** Stops an evaluation until the authorizer, which takes its time, has answered. */
class AwaitsAnswer extends Error {
  readonly answer: Promise<unknown>;

  constructor(answer: Promise<unknown>) {
    super('an answer of the authorizer is awaited');
    this.answer = answer;
  }
}

/** Subject is the request that expressions are evaluated for. */
export interface Subject {
  readonly request: AdmissionRequest;
  readonly view: RequestView;
  readonly namespace: KubeObject | undefined;
  readonly authorizer: Authorizer;
}

/** Composed is a variable of a policy, which other expressions call `variables.name`. */
export interface Composed {
  readonly name: string;
  readonly expression: CompiledExpression;
}

/** Outcome is the result of one expression, or why there is none. */
export type Outcome =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string };

/** The variables of a policy: each is computed when it is first used. */
class Variables extends CelMap {
  readonly #compute: (name: string) => Value | undefined;
  readonly #values = new Map<string, Value | undefined>();
  readonly #names: readonly string[];

  constructor(names: readonly string[], compute: (name: string) => Value | undefined) {
    super();
    this.#names = names;
    this.#compute = compute;
  }

  override get size(): number {
    return this.#names.length;
  }

  override keys(): readonly Value[] {
    return this.#names;
  }

  override find(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    if (!this.#values.has(key)) this.#values.set(key, this.#compute(key));
    return this.#values.get(key);
  }
}

function userOfQuestion(question: AccessQuestion, user: UserInfo): UserInfo {
  const { serviceAccount } = question;
  if (!serviceAccount) return user;
  const { namespace, name } = serviceAccount;
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ],
  };
}

function attributesOf(question: AccessQuestion, user: UserInfo): AuthorizationAttributes {
  const { verb, path, group, resource, subresource, namespace, name } = question;
  return {
    user: userOfQuestion(question, user),
    verb,
    group,
    version: path === undefined ? '*' : '',
    resource,
    subresource,
    namespace,
    name,
    ...(path === undefined ? {} : { path }),
  };
}

/**
 * Evaluator evaluates the expressions of one webhook or policy for one request, within a budget.
 * Values of variables and answers of the authorizer are kept between expressions.
 */
export class Evaluator {
  readonly #subject: Subject;
  readonly #values = new Map<string, Value>();
  readonly #answers = new Map<string, AccessAnswer>();
  readonly #composed: ReadonlyMap<string, CompiledExpression>;
  #budget: number;

  constructor(subject: Subject, about: EvaluatorOptions) {
    this.#subject = subject;
    this.#budget = about.budget;
    this.#composed = new Map(about.variables?.map(({ name, expression }) => [name, expression]));
    this.#values.set('params', about.params ? fromJson(about.params, DYN) : null);
    if (about.variables) {
      const names = [...this.#composed.keys()];
      this.#values.set('variables', new Variables(names, (name) => this.#variable(name)));
    }
  }

  /** evaluate answers the outcome of an expression; throws a BudgetExhausted. */
  async evaluate({ text, program, problem }: CompiledExpression): Promise<Outcome> {
    if (!program) return { error: `compilation error: ${problem?.detail ?? ''}` };
    for (;;) {
      try {
        const { value, error, cost } = program.evaluate(this.#activation);
        this.#spend(cost);
        if (!error) return { value };
        return { error: `expression '${text}' resulted in error: ${error.message}` };
      } catch (error) {
        if (!(error instanceof AwaitsAnswer)) throw error;
        await error.answer;
      }
    }
  }

  #spend(cost: number): void {
    if (cost > this.#budget) throw new BudgetExhausted();
    this.#budget -= cost;
  }

  #variable(name: string): Value | undefined {
    const expression = this.#composed.get(name);
    if (!expression) return undefined;
    const { program, problem } = expression;
    if (!program) {
      const detail = problem?.detail ?? '';
      throw new CelError(`composited variable "${name}" fails to compile: ${detail}`);
    }
    const { value, error, cost } = program.evaluate(this.#activation);
    this.#spend(cost);
    if (!error) return value;
    throw new CelError(`composited variable "${name}" fails to evaluate: ${error.message}`, {
      cause: error,
    });
  }

  readonly #activation: Activation = (name) => {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = this.#make(name);
    if (value !== undefined) this.#values.set(name, value);
    return value;
  };

  #make(name: string): Value | undefined {
    const { request, view, namespace } = this.#subject;
    switch (name) {
      case 'object':
        return view.object ? fromJson(view.object, DYN) : null;
      case 'oldObject':
        return view.old ? fromJson(view.old, DYN) : null;
      case 'namespaceObject':
        return namespace ? fromJson(namespace, NAMESPACE_TYPE) : null;
      case 'request':
        return fromJson(requestFacts(request, view), REQUEST_TYPE);
      case 'authorizer':
        return newAuthorizerValue((question) => this.#ask(question));
      case 'authorizer.requestResource':
        return newResourceCheck((question) => this.#ask(question), {
          group: request.type.group,
          resource: request.type.resource,
          subresource: request.subresource,
          namespace: namespaceOf(request),
          name: request.name,
        });
      default:
        return undefined;
    }
  }

  #ask(question: AccessQuestion): AccessAnswer {
    const key = JSON.stringify(question);
    const known = this.#answers.get(key);
    if (known) return known;
    const { authorizer, request } = this.#subject;
    const decided = authorizer.authorize(attributesOf(question, request.context.user));
    const keep = ({ allowed, reason = '' }: { allowed: boolean; reason?: string }) => {
      const answer = { allowed, reason };
      this.#answers.set(key, answer);
      return answer;
    };
    if (!(decided instanceof Promise)) return keep(decided);
    const failed = (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#answers.set(key, { allowed: false, reason: '', error: text });
    };
    throw new AwaitsAnswer(decided.then(keep, failed));
  }
}

/** EvaluatorOptions: `params` is the object that a policy is bound with. */
export interface EvaluatorOptions {
  readonly budget: number;
  readonly params?: KubeObject | JsonObject | undefined;
  /** The variables of a policy, in their order; absent: expressions have none. */
  readonly variables?: readonly Composed[];
}
