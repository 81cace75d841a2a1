import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { BOOL, NULL, STRING } from '../../cel/types/type.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { type CompiledExpression, compileExpression } from '../expressions/compile-expression.ts';
import {
  BudgetExhausted,
  Evaluator,
  type Outcome,
  POLICY_BUDGET,
  type Subject,
} from '../expressions/evaluation.ts';
import { evaluateConditions } from '../expressions/match-conditions.ts';
import type { ExpressionScope } from '../expressions/variables.ts';
import { viewOf } from '../matching/versions.ts';
import { Snapshot } from '../snapshot.ts';
import { Annotations, publishFailure } from './audit.ts';
import { PolicyConfiguration } from './configuration.ts';
import { type Denial, newPolicyDenial } from './denial.ts';
import { errorTypeOf } from './error-type.ts';
import { isOutsidePolicies, namespaceObjectOf, type PolicyParts } from './plugin.ts';
import { type PolicyHook, policyHooks } from './policies.ts';

/** ValidatingPolicyParts: `revision` grows with every change of policies and bindings. */
export interface ValidatingPolicyParts extends PolicyParts {
  policies(): readonly ValidatingAdmissionPolicy[];
  bindings(): readonly ValidatingAdmissionPolicyBinding[];
  revision(): number;
}

interface Check {
  readonly validation: Validation;
  readonly expression: CompiledExpression;
  readonly message: CompiledExpression | undefined;
}

interface Own {
  readonly checks: readonly Check[];
  readonly annotations: readonly { readonly key: string; readonly value: CompiledExpression }[];
}

type Hook = PolicyHook<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, Own>;

/** One validation that failed: why, and under which reason it is refused. */
interface Failure {
  readonly index: number;
  readonly message: string;
  readonly reason?: string | undefined;
  /** How long it took to find out. */
  readonly seconds: number;
}

const MAX_MESSAGE_BYTES = 5 * 1024;

function compileOwn({ spec }: ValidatingAdmissionPolicy, scope: ExpressionScope): Own {
  const plain = { ...scope, authorizer: false };
  return {
    checks: (spec?.validations ?? []).map((validation) => ({
      validation,
      expression: compileExpression(validation.expression, scope, [BOOL]),
      message: validation.messageExpression
        ? compileExpression(validation.messageExpression, plain, [STRING])
        : undefined,
    })),
    annotations: (spec?.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      value: compileExpression(valueExpression, scope, [STRING, NULL]),
    })),
  };
}

function messageOf({ validation }: Check, computed: Outcome | undefined): string {
  const text = typeof computed?.value === 'string' ? computed.value.trim() : '';
  const usable = Buffer.byteLength(text) <= MAX_MESSAGE_BYTES && !text.includes('\n');
  if (text !== '' && usable) return text;
  return validation.message?.trim() || `failed expression: ${validation.expression.trim()}`;
}

/** The evaluation of one policy for one request with one object of parameters. */
class Evaluation {
  readonly #hook: Hook;
  readonly #evaluator: Evaluator;

  constructor(hook: Hook, subject: Subject, params: KubeObject | undefined) {
    this.#hook = hook;
    const { variables } = hook;
    this.#evaluator = new Evaluator(subject, {
      budget: POLICY_BUDGET,
      params,
      ...(variables ? { variables } : {}),
    });
  }

  get #ignoresErrors(): boolean {
    return this.#hook.policy.spec?.failurePolicy === 'Ignore';
  }

  /** failures evaluates the validations; `ignored` is told of errors that count for nothing. */
  async failures(ignored: (failure: Failure) => void): Promise<Failure[]> {
    const failures: Failure[] = [];
    const errorOf = (index: number, startedAt: number, message: string): Failure | undefined => {
      const seconds = (performance.now() - startedAt) / 1000;
      const failure = { index, message, seconds };
      if (!this.#ignoresErrors) return failure;
      ignored(failure);
      return undefined;
    };
    let startedAt = performance.now();
    try {
      for (const [index, check] of this.#hook.own.checks.entries()) {
        startedAt = performance.now();
        const outcome = await this.#evaluator.evaluate(check.expression);
        const failure =
          outcome.error === undefined
            ? await this.#judge(check, outcome, { index, startedAt })
            : errorOf(index, startedAt, outcome.error);
        if (failure) failures.push(failure);
      }
    } catch (error) {
      if (!(error instanceof BudgetExhausted)) throw error;
      const failure = errorOf(0, startedAt, error.message);
      return failure ? [failure] : [];
    }
    return failures;
  }

  async #judge(
    check: Check,
    outcome: Outcome,
    { index, startedAt }: { readonly index: number; readonly startedAt: number },
  ): Promise<Failure | undefined> {
    if (outcome.value === true) return undefined;
    const seconds = (performance.now() - startedAt) / 1000;
    const computed = check.message && (await this.#evaluator.evaluate(check.message));
    const message = messageOf(check, computed);
    return { index, message, reason: check.validation.reason, seconds };
  }

  /** Adds the annotations; answers the errors that refuse the request. */
  async annotate(annotations: Annotations): Promise<string[]> {
    const errors: string[] = [];
    for (const { key, value: expression } of this.#hook.own.annotations) {
      const { value, error } = await this.#evaluator.evaluate(expression);
      if (error !== undefined) errors.push(error);
      else if (typeof value === 'string') annotations.add(key, value.trim());
    }
    return this.#ignoresErrors ? [] : errors;
  }
}

/** The checks of one request by all policies. */
class Checks {
  readonly denials: Denial[] = [];
  readonly #request: AdmissionRequest;
  readonly #parts: PolicyParts;
  readonly #configuration: PolicyConfiguration;

  constructor(request: AdmissionRequest, parts: PolicyParts) {
    this.#request = request;
    this.#parts = parts;
    this.#configuration = new PolicyConfiguration(request, parts, (one) => this.denials.push(one));
  }

  async run(hook: Hook): Promise<void> {
    const type = this.#configuration.typeFor(hook);
    if (!type) return;
    const annotations = new Annotations(hook.name, this.#request);
    for (const binding of hook.bindings) {
      const params = this.#configuration.paramsOf(hook, binding);
      if (params.length === 0) continue;
      const view = await viewOf(this.#request, type, this.#parts.definitions);
      const namespace = namespaceObjectOf(this.#request, this.#parts);
      const { authorizer } = this.#parts;
      const subject = { request: this.#request, view, namespace, authorizer };
      for (const one of params)
        await this.#evaluate(hook, binding, { subject, params: one, annotations });
    }
    annotations.publish();
  }

  async #evaluate(
    hook: Hook,
    binding: ValidatingAdmissionPolicyBinding,
    about: {
      readonly subject: Subject;
      readonly params: KubeObject | undefined;
      readonly annotations: Annotations;
    },
  ): Promise<void> {
    const { subject, params, annotations } = about;
    const { failurePolicy } = hook.policy.spec ?? {};
    const conditions = await evaluateConditions(hook.conditions, subject, {
      failurePolicy,
      params,
      counted: {
        metrics: this.#parts.conditionMetrics,
        labels: [hook.name, 'policy', 'validate', this.#request.operation],
      },
    });
    if (conditions.error !== undefined) {
      this.#failed(hook, binding, { index: 0, message: conditions.error, seconds: 0 });
      return;
    }
    if (!conditions.matches) return;
    const evaluation = new Evaluation(hook, subject, params);
    const ignored = (failure: Failure) => this.#count(hook, binding, failure, 'allow');
    for (const failure of await evaluation.failures(ignored)) this.#failed(hook, binding, failure);
    for (const message of await evaluation.annotate(annotations))
      this.denials.push({ policy: hook.name, binding: binding.metadata.name, message });
  }

  #count(
    { name }: Hook,
    { metadata }: ValidatingAdmissionPolicyBinding,
    { seconds, message }: Failure,
    action: string,
  ): void {
    const labels = [name, metadata.name ?? '', errorTypeOf(message), action];
    this.#parts.policyMetrics.count(seconds, ...labels);
  }

  #failed(hook: Hook, binding: ValidatingAdmissionPolicyBinding, failure: Failure): void {
    const name = binding.metadata.name ?? '';
    const { message, reason } = failure;
    for (const action of binding.spec.validationActions) {
      this.#count(hook, binding, failure, action.toLowerCase());
      if (action === 'Deny')
        this.denials.push({ policy: hook.name, binding: name, message, reason });
      if (action === 'Audit') publishFailure(this.#request, binding, failure);
      if (action === 'Warn')
        this.#request.context.warn(
          `Validation failed for ValidatingAdmissionPolicy '${hook.name}' with binding '${name}': ${message}`,
        );
    }
  }
}

async function validate(
  hooks: readonly Hook[],
  request: AdmissionRequest,
  parts: PolicyParts,
): Promise<void> {
  const checks = new Checks(request, parts);
  for (const hook of hooks) await checks.run(hook);
  const [first] = checks.denials;
  if (first) throw newPolicyDenial(request, first);
}

/**
 * newValidatingPolicies checks requests by ValidatingAdmissionPolicies (admission plugin
 * ValidatingAdmissionPolicy of Kubernetes 1.34).
 */
export function newValidatingPolicies(parts: ValidatingPolicyParts): Admission {
  const snapshot = new Snapshot(parts.revision, () =>
    policyHooks<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, Own>({
      policies: parts.policies(),
      bindings: parts.bindings(),
      compile: compileOwn,
    }),
  );
  return {
    validate(request) {
      const hooks = snapshot.get();
      if (hooks.length === 0 || isOutsidePolicies(request)) return undefined;
      return validate(hooks, request, parts);
    },
  };
}
