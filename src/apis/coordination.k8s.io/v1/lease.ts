import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
} from '../../../machinery/field-error.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { Lease } from './types.ts';

const STRATEGIES = ['OldestEmulationVersion'];

function strategyErrors(strategy: string): FieldError[] {
  const path = 'spec.strategy.strategy';
  if (strategy.includes('/')) return texts(path, strategy, labelKeyErrors(strategy));
  return STRATEGIES.includes(strategy) ? [] : [notSupported(path, strategy, STRATEGIES)];
}

/** defaultLease gives a lease a spec: upstream never serves one without. */
export function defaultLease(lease: Lease): void {
  lease.spec ??= {};
}

/** validateLease checks duration, transitions and who may be preferred. */
export function validateLease({ spec = {} }: Lease): FieldError[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions = 0 } = spec;
  const errors: FieldError[] = [];
  if (duration !== undefined && duration <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  if (transitions < 0) {
    const detail = 'must be greater than or equal to 0';
    errors.push(invalid('spec.leaseTransitions', transitions, detail));
  }
  if (spec.strategy !== undefined) errors.push(...strategyErrors(spec.strategy));
  if (spec.preferredHolder && !spec.strategy) {
    const detail = 'may only be specified if `strategy` is defined';
    errors.push(forbidden('spec.preferredHolder', detail));
  }
  return errors;
}

/** LEASE_COLUMNS are the columns of `kubectl get leases`. */
export const LEASE_COLUMNS: readonly PrinterColumn<Lease>[] = [
  nameColumn(),
  column('Holder', 'Who holds the lease.', (lease) => lease.spec?.holderIdentity ?? ''),
  ageColumn(),
];
