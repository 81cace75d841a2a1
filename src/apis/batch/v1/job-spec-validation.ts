import {
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors, regexError } from '../../../machinery/names.ts';
import { validatePodTemplateSpec } from '../../core/v1/validation.ts';
import { nonNegative, texts } from '../../core/v1/validation-rules.ts';
import { internalForm } from '../../schema/index.ts';
import { failurePolicyErrors, successPolicyErrors } from './job-policy-validation.ts';
import type { JobSpec } from './types.ts';

const MODES = ['NonIndexed', 'Indexed'];
const REPLACEMENTS = ['Failed', 'TerminatingOrFailed'];
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;
const MANY = 100_000;
const MANY_PARALLEL = 10_000;
const MAX_MANAGER_LENGTH = 63;
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** managerErrors checks a name such as `acme.io/foo`. */
function managerErrors(path: string, manager: string): FieldError[] {
  if (manager === '') return [required(path)];
  const slash = manager.indexOf('/');
  const [host, rest] = [manager.slice(0, Math.max(slash, 0)), manager.slice(slash + 1)];
  if (slash < 0 || host === '' || rest === '') {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    return [invalid(path, manager, detail)];
  }
  const errors = texts(path, host, dnsSubdomainErrors(host));
  if (!new RegExp(`^${HTTP_PATH}$`).test(rest))
    errors.push(invalid(path, rest, regexError('Invalid path', HTTP_PATH)));
  if (manager.length > MAX_MANAGER_LENGTH) errors.push(tooLong(path, MAX_MANAGER_LENGTH));
  return errors;
}

/** The bounds of a job with very many indexes that counts failures of each. */
function manyIndexesErrors(spec: JobSpec, path: string): FieldError[] {
  const { completions = 0, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  if (completions <= MANY || backoffLimitPerIndex === undefined) return [];
  const errors: FieldError[] = [];
  const detail = `must be less than or equal to ${MANY_PARALLEL} when completions are above ${MANY} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) {
    const missing = `must be specified when completions is above ${MANY}`;
    errors.push(required(`${path}.maxFailedIndexes`, missing));
  }
  if (parallelism > MANY_PARALLEL) errors.push(invalid(`${path}.parallelism`, parallelism, detail));
  if ((maxFailedIndexes ?? 0) > MANY_PARALLEL)
    errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, detail));
  return errors;
}

function indexedErrors(spec: JobSpec, path: string): FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes: failed = 0 } = spec;
  const errors: FieldError[] = [];
  if (completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism > MANY) {
    const detail = `must be less than or equal to ${MANY} when completion mode is Indexed`;
    errors.push(invalid(`${path}.parallelism`, parallelism, detail));
  }
  if (completions !== undefined && failed > completions)
    errors.push(
      invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions'),
    );
  if (failed > MANY)
    errors.push(
      invalid(`${path}.maxFailedIndexes`, failed, `must be less than or equal to ${MANY}`),
    );
  return [...errors, ...manyIndexesErrors(spec, path)];
}

function modeErrors(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode = 'NonIndexed' } = spec;
  const errors: FieldError[] = [];
  if (!MODES.includes(mode))
    errors.push(notSupported(`${path}.completionMode`, mode, MODES, 'as given'));
  if (mode === 'Indexed') errors.push(...indexedErrors(spec, path));
  if (mode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      if (spec[field] === undefined) continue;
      errors.push(invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
    }
  }
  if (spec.podFailurePolicy) errors.push(...failurePolicyErrors(spec, `${path}.podFailurePolicy`));
  if (spec.successPolicy === undefined) return errors;
  const at = `${path}.successPolicy`;
  if (mode === 'Indexed') return [...errors, ...successPolicyErrors(spec, at)];
  const shown = internalForm('batch.SuccessPolicy', spec.successPolicy);
  return [...errors, invalid(at, shown, 'requires indexed completion mode')];
}

function replacementErrors(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return [];
  const allowed = spec.podFailurePolicy ? ['Failed'] : REPLACEMENTS;
  return allowed.includes(policy) ? [] : [notSupported(path, policy, allowed)];
}

function restartErrors(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always')
    return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [notSupported(path, policy, ['OnFailure', 'Never'], 'as given')];
  if (spec.podFailurePolicy === undefined || policy === 'Never') return [];
  return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** validateJobSpec checks the spec of a job or of a template of jobs, its selector apart. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const errors = COUNTS.flatMap((field) => nonNegative(`${path}.${field}`, spec[field]));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (spec.managedBy !== undefined)
    errors.push(
      ...managerErrors(`${path}.managedBy`, spec.managedBy),
      ...(spec.managedBy.length > MAX_MANAGER_LENGTH
        ? [tooLong(`${path}.managedBy`, MAX_MANAGER_LENGTH)]
        : []),
    );
  return [
    ...errors,
    ...modeErrors(spec, path),
    ...replacementErrors(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplateSpec(spec.template ?? {}, `${path}.template`),
    ...restartErrors(spec, `${path}.template.spec.restartPolicy`),
  ];
}
