import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { resolveIntOrPercent } from '../../../machinery/int-or-percent.ts';
import { validateControllerTemplate } from '../../core/v1/validation.ts';
import type {
  DeploymentConfig,
  DeploymentStrategy,
  DeploymentTriggerPolicy,
  LifecycleHook,
  RollingDeploymentStrategyParams,
} from './types.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';
const STRATEGIES = ['Recreate', 'Rolling', 'Custom'];
const FAILURE_POLICIES = ['Retry', 'Abort', 'Ignore'];

function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NON_NEGATIVE)] : [];
}

function positive(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 1 ? [invalid(field, value, 'must be >0')] : [];
}

function validateHook(field: string, hook: LifecycleHook | undefined): FieldError[] {
  if (!hook) return [];
  const errors: FieldError[] = [];
  if (!hook.failurePolicy) errors.push(required(`${field}.failurePolicy`));
  else if (!FAILURE_POLICIES.includes(hook.failurePolicy)) {
    errors.push(notSupported(`${field}.failurePolicy`, hook.failurePolicy, FAILURE_POLICIES));
  }
  if (!hook.execNewPod && !hook.tagImages?.length) {
    errors.push(invalid(field, '<empty>', 'one of execNewPod or tagImages must be specified'));
  }
  if (hook.execNewPod && !(hook.execNewPod.command?.length > 0)) {
    errors.push(required(`${field}.execNewPod.command`));
  }
  if (hook.execNewPod && !hook.execNewPod.containerName) {
    errors.push(required(`${field}.execNewPod.containerName`));
  }
  return errors;
}

function validateRolling(field: string, params: RollingDeploymentStrategyParams): FieldError[] {
  const errors = [
    ...positive(`${field}.intervalSeconds`, params.intervalSeconds),
    ...positive(`${field}.updatePeriodSeconds`, params.updatePeriodSeconds),
    ...positive(`${field}.timeoutSeconds`, params.timeoutSeconds),
    ...validateHook(`${field}.pre`, params.pre),
    ...validateHook(`${field}.post`, params.post),
  ];
  for (const name of ['maxUnavailable', 'maxSurge'] as const) {
    const value = params[name];
    if (value === undefined) continue;
    if (typeof value === 'string' && !/^\d+%$/.test(value)) {
      errors.push(
        invalid(`${field}.${name}`, value, 'must be either an integer or a percentage (e.g. 10%)'),
      );
    } else if (typeof value === 'number') errors.push(...nonNegative(`${field}.${name}`, value));
  }
  if (errors.length > 0) return errors;
  const unavailable = resolveIntOrPercent(params.maxUnavailable ?? 0, 100, 'down');
  if (unavailable === 0 && resolveIntOrPercent(params.maxSurge ?? 0, 100, 'up') === 0) {
    errors.push(
      invalid(
        `${field}.maxUnavailable`,
        params.maxUnavailable ?? 0,
        'cannot be 0 when maxSurge is 0 as well',
      ),
    );
  }
  if (unavailable > 100 && typeof params.maxUnavailable === 'string') {
    errors.push(
      invalid(`${field}.maxUnavailable`, params.maxUnavailable, 'must not be more than 100%'),
    );
  }
  return errors;
}

function validateStrategy(field: string, strategy: DeploymentStrategy): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '', rollingParams, recreateParams, customParams } = strategy;
  if (!STRATEGIES.includes(type)) errors.push(notSupported(`${field}.type`, type, STRATEGIES));
  if (type === 'Rolling' && rollingParams) {
    errors.push(...validateRolling(`${field}.rollingParams`, rollingParams));
  }
  if (type === 'Recreate' && recreateParams) {
    const path = `${field}.recreateParams`;
    errors.push(
      ...positive(`${path}.timeoutSeconds`, recreateParams.timeoutSeconds),
      ...validateHook(`${path}.pre`, recreateParams.pre),
      ...validateHook(`${path}.mid`, recreateParams.mid),
      ...validateHook(`${path}.post`, recreateParams.post),
    );
  }
  if (type === 'Custom' && !customParams?.image)
    errors.push(required(`${field}.customParams.image`));
  errors.push(...positive(`${field}.activeDeadlineSeconds`, strategy.activeDeadlineSeconds));
  return errors;
}

function validateTrigger(
  field: string,
  trigger: DeploymentTriggerPolicy,
  containers: ReadonlySet<string>,
): FieldError[] {
  if (!trigger.type) return [required(`${field}.type`)];
  if (trigger.type !== 'ImageChange') return [];
  const params = trigger.imageChangeParams;
  if (!params) return [required(`${field}.imageChangeParams`)];
  const path = `${field}.imageChangeParams`;
  const errors: FieldError[] = [];
  if (!params.from?.name) errors.push(required(`${path}.from.name`));
  else if (params.from.kind !== 'ImageStreamTag') {
    errors.push(
      invalid(`${path}.from.kind`, params.from.kind ?? '', "kind must be an 'ImageStreamTag'"),
    );
  } else if (!params.from.name.includes(':')) {
    errors.push(
      invalid(
        `${path}.from.name`,
        params.from.name,
        `the image stream tag must be in the form <name>:<tag>`,
      ),
    );
  }
  const names = params.containerNames ?? [];
  if (names.length === 0) errors.push(required(`${path}.containerNames`));
  names.forEach((name, index) => {
    if (containers.has(name)) return;
    const detail = "the named container doesn't exist";
    errors.push(invalid(`${path}.containerNames[${index}]`, name, detail));
  });
  return errors;
}

function validateSelector(config: DeploymentConfig): FieldError[] {
  const selector = config.spec.selector ?? {};
  if (Object.keys(selector).length === 0) {
    return [invalid('spec.selector', selector, 'selector cannot be empty')];
  }
  const labels = config.spec.template?.metadata?.labels ?? {};
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value);
  if (matches) return [];
  return [
    invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
  ];
}

/** Checks the pods; a container whose image a trigger fills in may lack one until then. */
function validateTemplate(config: DeploymentConfig): FieldError[] {
  const filledIn = new Set(
    (config.spec.triggers ?? []).flatMap((one) => one.imageChangeParams?.containerNames ?? []),
  );
  const template = structuredClone(config.spec.template);
  for (const list of [template?.spec?.containers, template?.spec?.initContainers])
    for (const container of list ?? [])
      if (filledIn.has(container.name)) container.image ||= 'unset';
  return validateControllerTemplate(template, undefined, 'spec.template');
}

/** validateDeploymentConfig follows openshift-apiserver's validation. */
export function validateDeploymentConfig(config: DeploymentConfig): FieldError[] {
  const { spec } = config;
  if (!spec.template) return [required('spec.template')];
  const containers = new Set(
    [...(spec.template.spec?.containers ?? []), ...(spec.template.spec?.initContainers ?? [])].map(
      (one) => one.name,
    ),
  );
  const triggers = spec.triggers ?? [];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...validateSelector(config),
    ...validateTemplate(config),
    ...validateStrategy('spec.strategy', spec.strategy ?? {}),
    ...triggers.flatMap((one, index) =>
      validateTrigger(`spec.triggers[${index}]`, one, containers),
    ),
  ];
}
