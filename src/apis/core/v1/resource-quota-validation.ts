import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { isQuotaResource, validateAmount, validateResourceName } from './resource-names.ts';
import type {
  ResourceQuota,
  ResourceQuotaSpec,
  ScopedResourceSelectorRequirement,
  ScopeSelector,
} from './types.ts';

const QUOTA_SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];

const POD_RESOURCES = [
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
];

/** What may be limited in a scope; a scope without an entry takes everything. */
const SCOPE_RESOURCES: Readonly<Record<string, readonly string[]>> = {
  Terminating: POD_RESOURCES,
  NotTerminating: POD_RESOURCES,
  NotBestEffort: POD_RESOURCES,
  PriorityClass: POD_RESOURCES,
  CrossNamespacePodAffinity: POD_RESOURCES,
  BestEffort: ['pods'],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};

const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

function listErrors(
  list: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, text]) => {
    const at = keyPath(path, name);
    const errors = validateResourceName(name, at);
    if (!name.includes('/') && !isQuotaResource(name))
      errors.push(invalid(at, name, 'must be a standard resource for quota'));
    return [...errors, ...validateAmount(name, text, at)];
  });
}

function unsupported(scope: string, hard: readonly string[]): number {
  const allowed = SCOPE_RESOURCES[scope];
  if (allowed === undefined) return 0;
  return hard.filter((name) => isQuotaResource(name) && !allowed.includes(name)).length;
}

function conflicting(scopes: readonly string[]): number {
  return CONFLICTS.filter((pair) => pair.every((one) => scopes.includes(one))).length;
}

function times(count: number, error: FieldError): FieldError[] {
  return Array.from({ length: count }, () => error);
}

function scopesErrors(spec: ResourceQuotaSpec): FieldError[] {
  const scopes = spec.scopes ?? [];
  const hard = Object.keys(spec.hard ?? {});
  const path = 'spec.scopes';
  const unsupportedText = 'unsupported scope applied to resource';
  return [
    ...scopes.flatMap((scope) => [
      ...(QUOTA_SCOPES.includes(scope) ? [] : [invalid(path, scopes, 'unsupported scope')]),
      ...times(unsupported(scope, hard), invalid(path, scopes, unsupportedText)),
    ]),
    ...times(conflicting(scopes), invalid(path, scopes, 'conflicting scopes')),
  ];
}

/** The selector as upstream's internal type prints it. */
function printedSelector({ matchExpressions = [] }: ScopeSelector) {
  return {
    MatchExpressions: matchExpressions.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  };
}

const EXISTS_ONLY_TEXT =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const WITH_VALUES = ['PriorityClass', 'VolumeAttributesClass'];

function requirementErrors(one: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const { scopeName, operator, values = [] } = one;
  const errors: FieldError[] = [];
  if (QUOTA_SCOPES.includes(scopeName) && !WITH_VALUES.includes(scopeName) && operator !== 'Exists')
    errors.push(invalid(`${path}.operator`, operator, EXISTS_ONLY_TEXT));
  if (operator === 'In' || operator === 'NotIn') {
    const detail =
      "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(required(`${path}.values`, detail));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail =
      "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalid(`${path}.values`, values, detail));
  } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  return errors;
}

function selectorErrors(spec: ResourceQuotaSpec): FieldError[] {
  const { scopeSelector } = spec;
  if (scopeSelector === undefined) return [];
  const path = 'spec.scopeSelector.matchExpressions';
  const hard = Object.keys(spec.hard ?? {});
  const requirements = scopeSelector.matchExpressions ?? [];
  const errors = requirements.flatMap((one) => [
    ...(QUOTA_SCOPES.includes(one.scopeName)
      ? []
      : [invalid(`${path}.scopeName`, one.scopeName, 'unsupported scope')]),
    ...times(
      unsupported(one.scopeName, hard),
      invalid(path, printedSelector(scopeSelector), 'unsupported scope applied to resource'),
    ),
    ...requirementErrors(one, path),
  ]);
  const names = requirements.map(({ scopeName }) => scopeName);
  const conflict = invalid(path, spec.scopes ?? null, 'conflicting scopes');
  return [...errors, ...times(conflicting(names), conflict)];
}

/** validateResourceQuota checks amounts and scopes. */
export function validateResourceQuota({ spec = {} }: ResourceQuota): FieldError[] {
  return [...listErrors(spec.hard, 'spec.hard'), ...scopesErrors(spec), ...selectorErrors(spec)];
}

/** validateResourceQuotaUpdate keeps the scopes. */
export function validateResourceQuotaUpdate(
  quota: ResourceQuota,
  old: ResourceQuota,
): FieldError[] {
  const [scopes, before] = [quota.spec?.scopes ?? [], new Set(old.spec?.scopes)];
  const same = new Set(scopes).size === before.size && scopes.every((one) => before.has(one));
  return same ? [] : [invalid('spec.scopes', quota.spec?.scopes ?? null, 'field is immutable')];
}

/** validateResourceQuotaStatus checks the amounts that a quota's status reports. */
export function validateResourceQuotaStatus({ status = {} }: ResourceQuota): FieldError[] {
  return [...listErrors(status.hard, 'status.hard'), ...listErrors(status.used, 'status.used')];
}
