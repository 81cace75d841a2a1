import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { internalForm } from '../../schema/index.ts';
import { BOOTSTRAP_PRIORITY_LEVELS, MANDATORY } from './bootstrap.data.ts';
import { conditionErrors } from './condition-validation.ts';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from './types.ts';

const MAX_QUEUES = 10_000_000;
const MAX_HASH_BITS = 60;
const PRESERVE_ZERO = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';
const BETWEEN = 'must be between 0 and 100, inclusive';

/** validatePriorityLevel checks a priority level; the mandatory ones must be as every cluster has them. */
export function validatePriorityLevel(object: PriorityLevelConfiguration): FieldError[] {
  const { metadata, spec, status } = object;
  const name = metadata.name ?? '';
  const errors: FieldError[] = [];
  if (metadata.annotations?.[PRESERVE_ZERO] !== undefined) {
    errors.push(forbidden('metadata.annotations', `annotation '${PRESERVE_ZERO}' is forbidden`));
  }
  const given = spec ?? { type: '' };
  errors.push(...specErrors(name, given), ...mandatoryErrors(name, given));
  return [...errors, ...conditionErrors(status?.conditions)];
}

function mandatoryErrors(name: string, spec: PriorityLevelConfigurationSpec): FieldError[] {
  const fixed = BOOTSTRAP_PRIORITY_LEVELS[name];
  if (!MANDATORY.has(name) || !fixed) return [];
  const compared = name === 'exempt' ? { ...spec, exempt: fixed.exempt } : spec;
  if (deepEqual(compared, fixed)) return [];
  const except = name === 'exempt' ? " except the 'spec.exempt' field" : '';
  const shown = internalForm('flowcontrol.PriorityLevelConfigurationSpec', spec);
  return [invalid('spec', shown, `spec of '${name}'${except} must equal the fixed value`)];
}

function specErrors(name: string, spec: PriorityLevelConfigurationSpec): FieldError[] {
  const { type = '', exempt, limited } = spec;
  const errors: FieldError[] = [];
  if ((name === 'exempt') !== (type === 'Exempt')) {
    const text = "must be 'Exempt' if and only if `name` is 'exempt'";
    errors.push(invalid('spec.type', type, text));
  }
  if (type === 'Exempt') {
    const text = 'must be nil if the type is not Limited';
    if (limited) errors.push(forbidden('spec.limited', text));
    if (exempt) errors.push(...shareErrors(exempt, 'spec.exempt'));
  } else if (type === 'Limited') {
    if (exempt) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited) errors.push(...limitedErrors(limited, 'spec.limited'));
    else errors.push(required('spec.limited', 'must not be empty when type is Limited'));
  } else errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']));
  return errors;
}

function sharesErrors(shares: number | undefined, path: string): FieldError[] {
  if (shares === undefined || shares >= 0) return [];
  return [invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')];
}

function lendableErrors(percent: number | undefined, path: string): FieldError[] {
  if (percent === undefined || (percent >= 0 && percent <= 100)) return [];
  return [invalid(`${path}.lendablePercent`, percent, BETWEEN)];
}

function shareErrors(part: ExemptPriorityLevelConfiguration, path: string): FieldError[] {
  return [
    ...sharesErrors(part.nominalConcurrencyShares, path),
    ...lendableErrors(part.lendablePercent, path),
  ];
}

function limitedErrors(limited: LimitedPriorityLevelConfiguration, path: string): FieldError[] {
  const { borrowingLimitPercent: borrowing } = limited;
  const errors = [
    ...sharesErrors(limited.nominalConcurrencyShares, path),
    ...responseErrors(limited.limitResponse ?? { type: '' }, `${path}.limitResponse`),
    ...lendableErrors(limited.lendablePercent, path),
  ];
  if (borrowing !== undefined && borrowing < 0) {
    const text = 'if specified, must be a non-negative integer';
    errors.push(invalid(`${path}.borrowingLimitPercent`, borrowing, text));
  }
  return errors;
}

function responseErrors({ type, queuing }: LimitResponse, path: string): FieldError[] {
  const at = `${path}.queuing`;
  if (type === 'Reject') {
    const text = 'must be nil if limited.limitResponse.type is not Limited';
    return queuing ? [forbidden(at, text)] : [];
  }
  if (type !== 'Queue') return [notSupported(`${path}.type`, type, ['Queue', 'Reject'])];
  if (queuing) return queuingErrors(queuing, at);
  return [required(at, 'must not be empty if limited.limitResponse.type is Limited')];
}

/** entropyBits is how many bits of a hash dealing a hand from a deck uses up. */
function entropyBits(queues: number, handSize: number): number {
  return Math.ceil(Math.log2(queues) * handSize);
}

function queuingErrors(queuing: QueuingConfiguration, path: string): FieldError[] {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  const errors: FieldError[] = [];
  const positive = (field: string, value: number) => {
    if (value <= 0) errors.push(invalid(`${path}.${field}`, value, 'must be positive'));
    return value > 0;
  };
  positive('queueLengthLimit', queueLengthLimit);
  if (positive('queues', queues) && queues > MAX_QUEUES) {
    errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  }
  if (!positive('handSize', handSize)) return errors;
  const bits = entropyBits(queues, handSize);
  if (handSize > queues) {
    const text = `should not be greater than queues (${queues})`;
    errors.push(invalid(`${path}.handSize`, handSize, text));
  } else if (bits > MAX_HASH_BITS) {
    const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`;
    errors.push(invalid(`${path}.handSize`, handSize, text));
  }
  return errors;
}
