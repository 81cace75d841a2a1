import { ageColumn, nameColumn, numberColumn, type PrinterColumn } from '../../printer-column.ts';
import type { Scale } from './types.ts';

/** SCALE_COLUMNS are the columns of `kubectl get --subresource=scale`. */
export const SCALE_COLUMNS: readonly PrinterColumn<Scale>[] = [
  nameColumn(),
  numberColumn(
    'Desired',
    'replicas is the desired number of instances for the scaled object.',
    ({ spec }) => spec?.replicas ?? 0,
  ),
  numberColumn(
    'Available',
    'replicas is the actual number of observed instances of the scaled object.',
    ({ status }) => status?.replicas ?? 0,
  ),
  ageColumn(),
];
