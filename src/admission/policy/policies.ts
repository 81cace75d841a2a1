import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Variable,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { CelType } from '../../cel/cel.ts';
import { ANY } from '../../cel/types/type.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { type CompiledExpression, compileExpression } from '../expressions/compile-expression.ts';
import type { Composed } from '../expressions/evaluation.ts';
import { compileConditions } from '../expressions/match-conditions.ts';
import type { ExpressionScope } from '../expressions/variables.ts';

/** Policy is a policy of either kind. */
export type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;

/** Binding is a binding of either kind. */
export type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;

/** PolicyHook is a policy with its bindings, compiled. `Own` is what its kind adds. */
export interface PolicyHook<P extends Policy, B extends Binding, Own> {
  readonly name: string;
  readonly policy: P;
  readonly bindings: readonly B[];
  readonly conditions: readonly CompiledExpression[];
  readonly variables: readonly Composed[] | undefined;
  readonly own: Own;
}

/** NO_MATCH is what a policy or binding without constraints matches by. */
export const NO_MATCH: MatchResources = {};

/** The variables that a policy composes, compiled, each able to use those before it, and their types. */
function composed(
  variables: readonly Variable[] | undefined,
  params: boolean,
): { readonly list: readonly Composed[]; readonly types: ReadonlyMap<string, CelType> } {
  const types = new Map<string, CelType>();
  const list = (variables ?? []).map(({ name, expression }) => {
    const scope = { params, authorizer: true, variables: new Map(types) };
    const compiled = compileExpression(expression, scope, [ANY]);
    if (compiled.program) types.set(name, compiled.program.resultType);
    return { name, expression: compiled };
  });
  return { list, types };
}

/** HooksInput is what hooks are made of; `compile` compiles what a kind of policy adds. */
export interface HooksInput<P extends Policy, B extends Binding, Own> {
  readonly policies: readonly P[];
  readonly bindings: readonly B[];
  compile(policy: P, scope: ExpressionScope): Own;
}

/** policyHooks binds policies to their bindings, in the order of their names; those without are left out. */
export function policyHooks<P extends Policy, B extends Binding, Own>({
  policies,
  bindings,
  compile,
}: HooksInput<P, B, Own>): PolicyHook<P, B, Own>[] {
  const byName = <T extends KubeObject>(objects: readonly T[]) =>
    [...objects].sort((left, right) =>
      (left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1,
    );
  const sorted = byName(bindings);
  return byName(policies).flatMap((policy) => {
    const name = policy.metadata.name ?? '';
    const own = sorted.filter(({ spec }) => spec?.policyName === name);
    if (own.length === 0) return [];
    const params = policy.spec?.paramKind !== undefined;
    const { list, types } = composed(policy.spec?.variables, params);
    const variables = list.length > 0 ? list : undefined;
    const scope = { params, authorizer: true, ...(variables ? { variables: types } : {}) };
    const conditions = compileConditions(policy.spec?.matchConditions, params);
    return [{ name, policy, bindings: own, conditions, variables, own: compile(policy, scope) }];
  });
}

/** paramRefOf is what a binding says of its parameters, if its policy takes any. */
export function paramRefOf(policy: Policy, binding: Binding): ParamRef | undefined {
  return policy.spec?.paramKind ? binding.spec?.paramRef : undefined;
}
