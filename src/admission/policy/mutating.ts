import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { listOf } from '../../cel/types/type.ts';
import { deepEqual, semanticEqual } from '../../machinery/deep-equal.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { StatusError } from '../../machinery/status-error.ts';
import { type CompiledExpression, compileExpression } from '../expressions/compile-expression.ts';
import { BudgetExhausted, Evaluator, POLICY_BUDGET } from '../expressions/evaluation.ts';
import { evaluateConditions } from '../expressions/match-conditions.ts';
import { type ExpressionScope, JSON_PATCH_TYPE, OBJECT_TYPE } from '../expressions/variables.ts';
import { type RequestView, viewOf } from '../matching/versions.ts';
import { Reinvocations } from '../reinvocations.ts';
import { Snapshot } from '../snapshot.ts';
import { PolicyConfiguration } from './configuration.ts';
import { type Denial, newMutationDenial } from './denial.ts';
import { errorTypeOf, NO_ERROR } from './error-type.ts';
import { applyConfiguration, applyJsonPatch, MutationError } from './mutations.ts';
import { isOutsidePolicies, namespaceObjectOf, type PolicyParts } from './plugin.ts';
import { type PolicyHook, policyHooks } from './policies.ts';

/** MutatingPolicyParts: `revision` grows with every change of policies and bindings. */
export interface MutatingPolicyParts extends PolicyParts {
  policies(): readonly MutatingAdmissionPolicy[];
  bindings(): readonly MutatingAdmissionPolicyBinding[];
  revision(): number;
}

/** A mutation, compiled. */
interface Step {
  readonly isJsonPatch: boolean;
  readonly expression: CompiledExpression;
}

type Hook = PolicyHook<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, readonly Step[]>;

interface Invocation {
  readonly hook: Hook;
  readonly binding: MutatingAdmissionPolicyBinding;
  readonly type: ResourceType;
  readonly params: KubeObject | undefined;
}

function compileSteps(policy: MutatingAdmissionPolicy, scope: ExpressionScope): readonly Step[] {
  return (policy.spec?.mutations ?? []).map((mutation) => {
    const isJsonPatch = mutation.patchType === 'JSONPatch';
    const { expression = '' } =
      (isJsonPatch ? mutation.jsonPatch : mutation.applyConfiguration) ?? {};
    const wanted = [isJsonPatch ? listOf(JSON_PATCH_TYPE) : OBJECT_TYPE];
    const own = { ...scope, patches: true };
    return { isJsonPatch, expression: compileExpression(expression.trim(), own, wanted) };
  });
}

function keyOf({ hook, binding, params }: Invocation): string {
  const { namespace = '', name = '' } = params?.metadata ?? {};
  return [hook.name, binding.metadata.name, namespace, name].join('/');
}

/** The mutations of one request by all policies. */
class Mutations {
  readonly #request: AdmissionRequest;
  readonly #parts: PolicyParts;
  readonly #denials: Denial[] = [];
  readonly #configuration: PolicyConfiguration;

  constructor(request: AdmissionRequest, parts: PolicyParts) {
    this.#request = request;
    this.#parts = parts;
    this.#configuration = new PolicyConfiguration(request, parts, (one) => this.#denials.push(one));
  }

  async run(hooks: readonly Hook[]): Promise<void> {
    const invocations = hooks.flatMap((hook) => this.#invocations(hook));
    const reinvocations = Reinvocations.of(this.#request, 'policies');
    reinvocations.begin(this.#request.object, deepEqual);
    for (const invocation of invocations) await this.#invoke(invocation, reinvocations);
    reinvocations.end(this.#request.object);
    if (this.#denials.length > 0) throw newMutationDenial(this.#request, this.#denials);
  }

  #invocations(hook: Hook): Invocation[] {
    const type = this.#configuration.typeFor(hook);
    if (!type) return [];
    return hook.bindings.flatMap((binding) =>
      this.#configuration
        .paramsOf(hook, binding)
        .map((params) => ({ hook, binding, type, params })),
    );
  }

  #deny(
    hook: Hook,
    binding: MutatingAdmissionPolicyBinding,
    denial: Omit<Denial, 'policy' | 'binding'>,
  ): void {
    if (hook.policy.spec?.failurePolicy === 'Ignore') return;
    this.#denials.push({ policy: hook.name, binding: binding.metadata.name, ...denial });
  }

  async #invoke(invocation: Invocation, reinvocations: Reinvocations): Promise<void> {
    const { hook, binding, params } = invocation;
    const view = await viewOf(this.#request, invocation.type, this.#parts.definitions);
    const { failurePolicy, reinvocationPolicy } = hook.policy.spec ?? {};
    const subject = this.#subject(view);
    const conditions = await evaluateConditions(hook.conditions, subject, {
      failurePolicy,
      params,
      counted: {
        metrics: this.#parts.conditionMetrics,
        labels: [hook.name, 'policy', 'admit', this.#request.operation],
      },
    });
    if (conditions.error !== undefined) {
      this.#deny(hook, binding, { message: conditions.error, reason: 'Invalid' });
      return;
    }
    const key = keyOf(invocation);
    if (!conditions.matches || !reinvocations.isDue(key)) return;
    const before = structuredClone(this.#request.object);
    for (const step of hook.own) await this.#step(step, invocation);
    if (!semanticEqual(before, this.#request.object)) reinvocations.changed();
    if (reinvocationPolicy === 'IfNeeded') reinvocations.invoked(key);
  }

  /** Upstream refuses the request where the result of an expression does not fit the schema. */
  #replace(next: JsonObject, { isJsonPatch }: Step): void {
    try {
      this.#request.replace(next);
    } catch (error) {
      if (!(error instanceof StatusError) || isJsonPatch) throw error;
      const reason = error.message.replace('Internal error occurred: ', '');
      throw new MutationError(
        `error applying patch: failed to convert patch object to typed object: ${reason}`,
        { cause: error },
      );
    }
  }

  #subject(view: RequestView) {
    const namespace = namespaceObjectOf(this.#request, this.#parts);
    return { request: this.#request, view, namespace, authorizer: this.#parts.authorizer };
  }

  async #step(step: Step, { hook, binding, type, params }: Invocation): Promise<void> {
    if (!this.#request.object) return;
    const startedAt = performance.now();
    const count = (errorType: string) => {
      const seconds = (performance.now() - startedAt) / 1000;
      const { policyMetrics } = this.#parts;
      policyMetrics.count(seconds, hook.name, binding.metadata.name ?? '', errorType);
    };
    try {
      const view = await viewOf(this.#request, type, this.#parts.definitions);
      if (!view.object) return;
      const { variables } = hook;
      const options = { budget: POLICY_BUDGET, params, ...(variables ? { variables } : {}) };
      const outcome = await new Evaluator(this.#subject(view), options).evaluate(step.expression);
      if (outcome.error !== undefined) throw new MutationError(outcome.error);
      const next = step.isJsonPatch
        ? applyJsonPatch(view.object, outcome.value)
        : applyConfiguration(view.object, outcome.value, {
            definition: this.#request.definition,
            type: view.kind,
          });
      const restored = (await view.restored(next as unknown as KubeObject)) as unknown;
      this.#replace(restored as JsonObject, step);
      count(NO_ERROR);
    } catch (error) {
      if (!(error instanceof MutationError || error instanceof BudgetExhausted)) throw error;
      count(errorTypeOf(error.message));
      this.#deny(hook, binding, { message: error.message, reason: 'Invalid' });
    }
  }
}

/**
 * newMutatingPolicies changes objects by MutatingAdmissionPolicies (admission plugin
 * MutatingAdmissionPolicy of Kubernetes 1.34).
 */
export function newMutatingPolicies(parts: MutatingPolicyParts): Admission {
  const snapshot = new Snapshot(parts.revision, () =>
    policyHooks<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, readonly Step[]>({
      policies: parts.policies(),
      bindings: parts.bindings(),
      compile: compileSteps,
    }),
  );
  return {
    mutate(request) {
      const hooks = snapshot.get();
      if (hooks.length === 0 || isOutsidePolicies(request)) return undefined;
      return new Mutations(request, parts).run(hooks);
    },
  };
}
