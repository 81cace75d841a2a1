import type {
  AuditAnnotation,
  ExpressionWarning,
  MutatingAdmissionPolicy,
  Mutation,
  ParamKind,
  ValidatingAdmissionPolicy,
  Validation,
  Variable,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { conditionErrors as statusConditionErrors } from '../../apis/condition-validation.ts';
import type { CelType } from '../../cel/cel.ts';
import { ANY, BOOL, DYN, listOf, NULL, STRING } from '../../cel/types/type.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors, dnsSubdomainErrors, labelKeyErrors } from '../../machinery/names.ts';
import { compileExpression } from '../expressions/compile-expression.ts';
import { JSON_PATCH_TYPE, OBJECT_TYPE } from '../expressions/variables.ts';
import { expressionErrors, matchConditionErrors, problemErrors } from './expression-validation.ts';
import { matchResourcesErrors } from './rule-validation.ts';

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const MUTATING_OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const MAX_ANNOTATIONS = 20;
const MAX_ANNOTATION_BYTES = 5 * 1024;
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package ' +
    'namespace return var void while'
  ).split(' '),
);

type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;

/** What the expressions of one policy may use. */
interface PolicyScope {
  readonly params: boolean;
  readonly variables: ReadonlyMap<string, CelType> | undefined;
}

const paramPath = (name: string) => childPath('spec.paramKind', name);

function paramKindErrors(paramKind: ParamKind | undefined): FieldError[] {
  if (!paramKind) return [];
  const { apiVersion = '', kind = '' } = paramKind;
  const errors: FieldError[] = [];
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const add = (name: string, value: string, texts: readonly string[], before = '') => {
    if (texts.length > 0)
      errors.push(invalid(paramPath(name), value, `${before}${texts.join(',')}`));
  };
  if (apiVersion === '') errors.push(required(paramPath('apiVersion')));
  else if (apiVersion.split('/').length > 2)
    add('apiVersion', apiVersion, [`unexpected GroupVersion string: ${apiVersion}`]);
  else {
    if (group) add('apiVersion', group, dnsSubdomainErrors(group));
    if (!version) add('apiVersion', apiVersion, ['version must be specified']);
    else add('apiVersion', version, dns1035LabelErrors(version));
  }
  if (kind === '') errors.push(required(paramPath('kind')));
  else {
    const before = 'may have mixed case, but should otherwise match: ';
    add('kind', kind, dns1035LabelErrors(kind.toLowerCase()), before);
  }
  return errors;
}

function variableNameErrors(name: string, path: string): FieldError[] {
  if (name.trim() === '') return [required(path, 'name is not specified')];
  if (IDENTIFIER.test(name) && !RESERVED.has(name)) return [];
  return [invalid(path, name, 'must be a valid CEL identifier')];
}

/** Checks variables in their order; each may use those before it. */
function variableErrors(
  variables: readonly Variable[],
  params: boolean,
  types: Map<string, CelType>,
): FieldError[] {
  return variables.flatMap(({ name = '', expression = '' }, index) => {
    const path = indexPath('spec.variables', index);
    const errors = variableNameErrors(name, childPath(path, 'name'));
    const place = childPath(path, 'expression');
    if (expression.trim() === '')
      return [...errors, required(place, 'expression is not specified')];
    const scope = { params, authorizer: true, variables: types };
    const compiled = compileExpression(expression, scope, [ANY]);
    // What is wrong with a variable is said once.
    types.set(name, compiled.program?.resultType ?? DYN);
    return [...errors, ...problemErrors(compiled, place)];
  });
}

function messageErrors(validation: Validation, path: string, scope: PolicyScope): FieldError[] {
  const { message = '', messageExpression = '' } = validation;
  const at = (name: string) => childPath(path, name);
  const errors: FieldError[] = [];
  const wrong = 'must be non-empty if specified';
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(invalid(at('messageExpression'), messageExpression, wrong));
  else if (messageExpression !== '') {
    const rule = { scope: { ...scope, authorizer: false }, wanted: [STRING] };
    errors.push(...expressionErrors(messageExpression, at('messageExpression'), rule));
  }
  if (message !== '' && message.trim() === '') errors.push(invalid(at('message'), message, wrong));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalid(at('message'), message, 'must not contain line breaks'));
  return errors;
}

function validationErrors(validation: Validation, path: string, scope: PolicyScope): FieldError[] {
  const { expression = '', reason } = validation;
  const at = (name: string) => childPath(path, name);
  const rule = { scope: { ...scope, authorizer: true }, wanted: [BOOL] };
  const errors =
    expression.trim() === ''
      ? [required(at('expression'), 'expression is not specified')]
      : expressionErrors(expression, at('expression'), rule);
  errors.push(...messageErrors(validation, path, scope));
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(at('reason'), reason, REASONS));
  return errors;
}

function annotationKeyErrors(policyName: string, key: string, path: string): FieldError[] {
  if (policyName === '') return [invalid(path, key, 'requires metadata.name be non-empty')];
  const qualified = `${policyName}/${key}`;
  return labelKeyErrors(qualified).map((text) => invalid(path, qualified, text));
}

/** Upstream shows annotations with the fields of its own type. */
function shownAnnotation({ key = '', valueExpression = '' }: AuditAnnotation): object {
  return { Key: key, ValueExpression: valueExpression };
}

function annotationErrors(
  policyName: string,
  annotations: readonly AuditAnnotation[],
  scope: PolicyScope,
): FieldError[] {
  const path = 'spec.auditAnnotations';
  const errors: FieldError[] = [];
  if (annotations.length > MAX_ANNOTATIONS)
    errors.push(
      invalid(
        path,
        annotations.map(shownAnnotation),
        `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`,
      ),
    );
  for (const [index, { key = '', valueExpression = '' }] of annotations.entries()) {
    const at = (name: string) => childPath(indexPath(path, index), name);
    errors.push(...annotationKeyErrors(policyName, key, at('key')));
    const text = valueExpression.trim();
    if (text === '')
      errors.push(required(at('valueExpression'), 'valueExpression is not specified'));
    else if (Buffer.byteLength(text) > MAX_ANNOTATION_BYTES) {
      const limit = `must not exceed ${MAX_ANNOTATION_BYTES} bytes in length`;
      errors.push(required(at('valueExpression'), limit));
    } else {
      const rule = { scope: { ...scope, authorizer: true }, wanted: [STRING, NULL] };
      errors.push(...expressionErrors(text, at('valueExpression'), rule));
    }
    if (annotations.findIndex((one) => one.key === key) < index)
      errors.push(duplicate(at('key'), key));
  }
  return errors;
}

function constraintErrors({ spec }: Policy): FieldError[] {
  const path = 'spec.matchConstraints';
  const match = spec?.matchConstraints;
  if (!match) return [required(path)];
  const errors = matchResourcesErrors(match, path);
  if ((match.resourceRules ?? []).length > 0) return errors;
  return [...errors, required(childPath(path, 'resourceRules'))];
}

/** mutatingOperationErrors: nothing can be changed about what is deleted. */
export function mutatingOperationErrors(
  rules: readonly { readonly operations?: readonly string[] }[] | undefined,
  path: string,
): FieldError[] {
  return (rules ?? []).flatMap(({ operations = [] }) =>
    operations
      .filter((one) => !MUTATING_OPERATIONS.includes(one))
      .map((one) => notSupported(`${path}.resourceRules.operations`, one, MUTATING_OPERATIONS)),
  );
}

function failurePolicyErrors(policy: string | undefined): FieldError[] {
  const path = 'spec.failurePolicy';
  if (policy === undefined) return [required(path)];
  return FAILURE_POLICIES.includes(policy) ? [] : [notSupported(path, policy, FAILURE_POLICIES)];
}

function conditionErrors(policy: Policy, old: Policy | undefined): FieldError[] {
  const { matchConditions, paramKind } = policy.spec ?? {};
  const before = old?.spec;
  const isSame =
    before !== undefined &&
    deepEqual(before.matchConditions, matchConditions) &&
    deepEqual(before.paramKind, paramKind);
  if (isSame) return [];
  return matchConditionErrors(matchConditions, 'spec.matchConditions', paramKind !== undefined);
}

function commonErrors(policy: Policy, old: Policy | undefined): FieldError[] {
  return [
    ...failurePolicyErrors(policy.spec?.failurePolicy),
    ...paramKindErrors(policy.spec?.paramKind),
    ...constraintErrors(policy),
    ...(policy.spec?.matchConstraints && policy.kind === 'MutatingAdmissionPolicy'
      ? mutatingOperationErrors(policy.spec.matchConstraints.resourceRules, 'spec.matchConstraints')
      : []),
    ...conditionErrors(policy, old),
  ];
}

/** validateValidatingPolicy checks a ValidatingAdmissionPolicy and compiles its expressions. */
export function validateValidatingPolicy(
  policy: ValidatingAdmissionPolicy,
  old?: ValidatingAdmissionPolicy,
): FieldError[] {
  const { variables = [], validations = [], auditAnnotations = [], paramKind } = policy.spec ?? {};
  const types = new Map<string, CelType>();
  const params = paramKind !== undefined;
  const errors = [...commonErrors(policy, old), ...variableErrors(variables, params, types)];
  const scope = { params, variables: variables.length > 0 ? types : undefined };
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item';
    errors.push(required('spec.validations', text), required('spec.auditAnnotations', text));
  }
  for (const [index, validation] of validations.entries())
    errors.push(...validationErrors(validation, indexPath('spec.validations', index), scope));
  const name = policy.metadata.name ?? '';
  return [...errors, ...annotationErrors(name, auditAnnotations, scope)];
}

function mutationErrors(mutation: Mutation, path: string, scope: PolicyScope): FieldError[] {
  const { patchType = '' } = mutation;
  const at = (name: string) => childPath(path, name);
  if (patchType === '') return [required(at('patchType'))];
  if (!PATCH_TYPES.includes(patchType))
    return [notSupported(at('patchType'), patchType, PATCH_TYPES)];
  const isJson = patchType === 'JSONPatch';
  const [used, other] = isJson
    ? (['jsonPatch', 'applyConfiguration'] as const)
    : (['applyConfiguration', 'jsonPatch'] as const);
  const errors: FieldError[] = [];
  const given = mutation[used];
  const place = childPath(at(used), 'expression');
  const text = given?.expression?.trim() ?? '';
  if (!given) errors.push(required(at(used), `must be specified when patchType is ${patchType}`));
  else if (text === '') errors.push(required(place));
  else {
    const wanted = [isJson ? listOf(JSON_PATCH_TYPE) : OBJECT_TYPE];
    const rule = { scope: { ...scope, authorizer: true, patches: true }, wanted };
    errors.push(...expressionErrors(text, place, rule));
  }
  if (!mutation[other]) return errors;
  const wrong = `must not be specified when patchType is ${patchType}`;
  return [...errors, invalid(at(other), `{${other}}`, wrong)];
}

/** validateMutatingPolicy checks a MutatingAdmissionPolicy and compiles its expressions. */
export function validateMutatingPolicy(
  policy: MutatingAdmissionPolicy,
  old?: MutatingAdmissionPolicy,
): FieldError[] {
  const { variables = [], mutations = [], reinvocationPolicy = '', paramKind } = policy.spec ?? {};
  const types = new Map<string, CelType>();
  const params = paramKind !== undefined;
  const errors = [...commonErrors(policy, old), ...variableErrors(variables, params, types)];
  if (mutations.length === 0)
    errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  const scope = { params, variables: types };
  for (const [index, mutation] of mutations.entries())
    errors.push(...mutationErrors(mutation, indexPath('spec.mutations', index), scope));
  const path = 'spec.reinvocationPolicy';
  if (reinvocationPolicy === '') errors.push(required(path));
  else if (!REINVOCATION_POLICIES.includes(reinvocationPolicy))
    errors.push(notSupported(path, reinvocationPolicy, REINVOCATION_POLICIES));
  return errors;
}

function warningErrors({ fieldRef, warning }: ExpressionWarning, path: string): FieldError[] {
  const errors = warning ? [] : [required(childPath(path, 'warning'))];
  return fieldRef?.trim() ? errors : [...errors, required(childPath(path, 'fieldRef'))];
}

/** validatePolicyStatus checks what a controller found out about the types of a policy. */
export function validatePolicyStatus({ status }: ValidatingAdmissionPolicy): FieldError[] {
  const path = 'status.typeChecking.expressionWarnings';
  return [
    ...(status?.typeChecking?.expressionWarnings ?? []).flatMap((one, index) =>
      warningErrors(one, indexPath(path, index)),
    ),
    ...statusConditionErrors('status.conditions', status?.conditions ?? []),
  ];
}
