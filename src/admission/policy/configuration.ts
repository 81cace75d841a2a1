import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { StatusError } from '../../machinery/status-error.ts';
import type { Denial } from './denial.ts';
import { ConfigurationError, paramsFor, paramTypeOf } from './params.ts';
import { bindingMatches, type PolicyParts, policyMatches } from './plugin.ts';
import { type Binding, type Policy, paramRefOf } from './policies.ts';

/** ConfiguredPolicy is a policy of either kind as far as its configuration is concerned. */
interface ConfiguredPolicy {
  readonly name: string;
  readonly policy: Policy;
}

/**
 * PolicyConfiguration finds out what the policies of one request are configured for. What cannot be
 * is a denial, which `deny` is told of, unless the policy ignores failures.
 */
export class PolicyConfiguration {
  readonly #request: AdmissionRequest;
  readonly #parts: PolicyParts;
  readonly #deny: (denial: Denial) => void;

  constructor(request: AdmissionRequest, parts: PolicyParts, deny: (denial: Denial) => void) {
    this.#request = request;
    this.#parts = parts;
    this.#deny = deny;
  }

  /** typeFor is the type under which a policy is for the request, if its parameters are known at all. */
  typeFor(hook: ConfiguredPolicy): ResourceType | undefined {
    return this.#attempt(hook, undefined, () => {
      const type = policyMatches(hook.policy, this.#request, this.#parts);
      const { paramKind } = hook.policy.spec ?? {};
      if (type && paramKind) paramTypeOf(paramKind, this.#parts.params);
      return type;
    });
  }

  /** paramsOf are the parameters with which a binding has its policy evaluated; undefined is none. */
  paramsOf(hook: ConfiguredPolicy, binding: Binding): readonly (KubeObject | undefined)[] {
    const found = this.#attempt(hook, binding, () => {
      if (!bindingMatches(binding, this.#request, this.#parts)) return undefined;
      const about = { namespace: this.#request.namespace, parts: this.#parts.params };
      const { paramKind } = hook.policy.spec ?? {};
      return paramsFor(paramKind, paramRefOf(hook.policy, binding), about);
    });
    return found ?? [];
  }

  #attempt<T>(
    { name, policy }: ConfiguredPolicy,
    binding: Binding | undefined,
    work: () => T,
  ): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof StatusError)) throw error;
      if (policy.spec?.failurePolicy === 'Ignore') return undefined;
      const what = binding ? 'binding' : 'policy';
      const message = `failed to configure ${what}: ${error.message}`;
      this.#deny({ policy: name, binding: binding?.metadata.name, message });
      return undefined;
    }
  }
}
