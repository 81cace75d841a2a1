import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import { StatusError } from '../../machinery/status-error.ts';
import { newRefusal } from '../refusal.ts';

/** Denial is why a policy refuses a request; without a binding it is the policy's own fault. */
export interface Denial {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly message: string;
  /** Default `Invalid`. */
  readonly reason?: string | undefined;
}

const CODES: Readonly<Record<string, number>> = {
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Unauthorized: 401,
};

/** newPolicyDenial words the refusal of a ValidatingAdmissionPolicy. */
export function newPolicyDenial(request: AdmissionRequest, denial: Denial): StatusError {
  const { policy, binding, message, reason = 'Invalid' } = denial;
  const by =
    binding === undefined
      ? `ValidatingAdmissionPolicy '${policy}'`
      : `ValidatingAdmissionPolicy '${policy}' with binding '${binding}'`;
  const text = `${by} denied request: ${message}`;
  const { status } = newRefusal(request, text);
  return new StatusError({
    ...status,
    reason,
    code: CODES[reason] ?? 422,
    details: { ...status.details, causes: [{ message: text }] },
  });
}

/** newMutationDenial words the refusal of MutatingAdmissionPolicies that could not be applied. */
export function newMutationDenial(
  request: AdmissionRequest,
  denials: readonly Denial[],
): StatusError {
  const texts = denials.map(({ policy, binding, message }) =>
    binding === undefined
      ? `policy ${JSON.stringify(policy)} denied request: ${message}`
      : `policy '${policy}' with binding '${binding}' denied request: ${message}`,
  );
  const { status } = newRefusal(request, '');
  const [first] = denials;
  return new StatusError({
    ...status,
    message: texts[0] ?? '',
    ...(first?.reason ? { reason: first.reason } : {}),
    details: { ...status.details, causes: texts.map((message) => ({ message })) },
  });
}
