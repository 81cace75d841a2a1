import type { ValidatingAdmissionPolicyBinding } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';

const FAILURE_KEY = 'validation.policy.admission.k8s.io/validation_failure';
const MAX_VALUE_BYTES = 10 * 1024;

/** publishFailure notes a failed validation in the audit log. */
export function publishFailure(
  { context }: AdmissionRequest,
  binding: ValidatingAdmissionPolicyBinding,
  failure: { readonly index: number; readonly message: string },
): void {
  const { policyName, validationActions } = binding.spec;
  const value = {
    message: failure.message,
    policy: policyName,
    binding: binding.metadata.name,
    expressionIndex: failure.index,
    validationActions,
  };
  context.annotate(FAILURE_KEY, JSON.stringify([value]));
}

/** Annotations collects the audit annotations of a policy: equal values are noted once. */
export class Annotations {
  readonly #policy: string;
  readonly #request: AdmissionRequest;
  readonly #values = new Map<string, Set<string>>();

  constructor(policy: string, request: AdmissionRequest) {
    this.#policy = policy;
    this.#request = request;
  }

  /** add notes a value; an empty one is left out. */
  add(key: string, value: string): void {
    if (value === '') return;
    const known = this.#values.get(key) ?? new Set();
    this.#values.set(key, known.add(value.slice(0, MAX_VALUE_BYTES)));
  }

  /** publish writes what was collected to the audit log. */
  publish(): void {
    for (const [key, values] of this.#values)
      this.#request.context.annotate(`${this.#policy}/${key}`, [...values].join(', '));
  }
}
