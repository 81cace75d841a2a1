import type {
  ExpressionWarning,
  ValidatingAdmissionPolicy,
} from '../../../apis/admissionregistration.k8s.io/v1/types.ts';
import { VALIDATING_ADMISSION_POLICIES } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

const NAME = 'validatingadmissionpolicy-status';

/** CheckPolicy finds what in the expressions of a policy does not fit the kinds that it is for. */
export type CheckPolicy = (policy: ValidatingAdmissionPolicy) => readonly ExpressionWarning[];

/**
 * newPolicyStatusController checks the expressions of ValidatingAdmissionPolicies against the types
 * of objects that they are for, once for each generation, and tells the findings in the status
 * (kube-controller-manager's `validatingadmissionpolicy-status`).
 */
export function newPolicyStatusController(
  { client, informers }: ControllerDeps,
  check: CheckPolicy,
): Controller {
  const policies = informers.informer(VALIDATING_ADMISSION_POLICIES);
  return {
    name: NAME,
    concurrency: 1,
    sources: [source(VALIDATING_ADMISSION_POLICIES, ({ metadata: { name = '' } }) => [name])],
    reconcile: async (name) => {
      const policy = policies.get(name);
      const { generation = 0 } = policy?.metadata ?? {};
      if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return undefined;
      const expressionWarnings = check(policy);
      const typeChecking = expressionWarnings.length === 0 ? {} : { expressionWarnings };
      const { apiVersion, kind } = policy;
      const status = { observedGeneration: generation, typeChecking };
      const body = { apiVersion, kind, metadata: { name }, status };
      await client
        .patch(
          VALIDATING_ADMISSION_POLICIES,
          { name },
          { type: 'application/apply-patch+yaml', body },
          { subresource: 'status', fieldManager: NAME, force: true },
        )
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      return undefined;
    },
  };
}
