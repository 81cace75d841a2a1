import { BUDGET_COLUMNS } from '../../../apis/policy/v1/columns.ts';
import type { PodDisruptionBudget } from '../../../apis/policy/v1/types.ts';
import { validateBudget, validateBudgetStatus } from '../../../apis/policy/v1/validation.ts';
import { POD_DISRUPTION_BUDGETS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

/** budgetDefinition declares poddisruptionbudgets (policy/v1). */
export const budgetDefinition: ResourceDefinition<PodDisruptionBudget> = {
  type: POD_DISRUPTION_BUDGETS,
  definition: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  shortNames: ['pdb'],
  columns: BUDGET_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    metadataOnUpdate: 'none',
    hasGeneration: true,
    allowUnconditionalUpdate: false,
    prepareForCreate(draft) {
      draft.spec ??= {};
      draft.status = {
        disruptionsAllowed: 0,
        currentHealthy: 0,
        desiredHealthy: 0,
        expectedPods: 0,
      };
    },
    validate: validateBudget,
    validateStatusUpdate: validateBudgetStatus,
  },
  subresources: { status: { kind: 'status' } },
};
