import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
} from '../../printer-column.ts';
import type { PodDisruptionBudget } from './types.ts';

/** BUDGET_COLUMNS are the columns of `kubectl get poddisruptionbudgets`. */
export const BUDGET_COLUMNS: readonly PrinterColumn<PodDisruptionBudget>[] = [
  nameColumn(),
  column('Min Available', 'The minimum number of pods that must be available.', ({ spec }) =>
    String(spec?.minAvailable ?? 'N/A'),
  ),
  column('Max Unavailable', 'The maximum number of pods that may be unavailable.', ({ spec }) =>
    String(spec?.maxUnavailable ?? 'N/A'),
  ),
  numberColumn(
    'Allowed Disruptions',
    'Calculated number of pods that may be disrupted at this time.',
    ({ status }) => status?.disruptionsAllowed ?? 0,
  ),
  ageColumn(),
];
