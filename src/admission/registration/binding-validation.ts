import type {
  MutatingAdmissionPolicyBinding,
  ParamRef,
  ValidatingAdmissionPolicyBinding,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { validateLabelSelector } from '../../apis/core/v1/label-selector-validation.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../machinery/names.ts';
import { mutatingOperationErrors } from './policy-validation.ts';
import { matchResourcesErrors } from './rule-validation.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const NOT_FOUND_ACTIONS = ['Deny', 'Allow'];

function paramRefErrors(ref: ParamRef | undefined): FieldError[] {
  if (!ref) return [];
  const path = 'spec.paramRef';
  const at = (name: string) => childPath(path, name);
  const { name = '', selector, parameterNotFoundAction: action = '' } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  const errors =
    name === '' ? [] : pathSegmentErrors(name).map((text) => invalid(at('name'), name, text));
  if (name !== '' && selector) errors.push(forbidden(at('name'), exclusive));
  errors.push(...validateLabelSelector(selector, at('selector')));
  if (name !== '' && selector) errors.push(forbidden(at('selector'), exclusive));
  if (name === '' && !selector)
    errors.push(required(path, 'one of name or selector must be specified'));
  if (action === '') errors.push(required(at('parameterNotFoundAction')));
  else if (!NOT_FOUND_ACTIONS.includes(action))
    errors.push(notSupported(at('parameterNotFoundAction'), action, NOT_FOUND_ACTIONS, 'as given'));
  return errors;
}

function commonErrors({
  spec,
}: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding): FieldError[] {
  const { policyName = '', paramRef, matchResources } = spec ?? {};
  const path = 'spec.policyName';
  const errors =
    policyName === ''
      ? [required(path)]
      : dnsSubdomainErrors(policyName).map((text) => invalid(path, policyName, text));
  errors.push(...paramRefErrors(paramRef));
  if (matchResources) errors.push(...matchResourcesErrors(matchResources, 'spec.matchResources'));
  return errors;
}

function actionErrors(actions: readonly string[]): FieldError[] {
  const path = 'spec.validationActions';
  const errors = actions.flatMap((action, index) => {
    const place = indexPath(path, index);
    const own = ACTIONS.includes(action) ? [] : [notSupported(place, action, ACTIONS)];
    return actions.indexOf(action) < index ? [...own, duplicate(place, action)] : own;
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(
      invalid(
        path,
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (actions.length === 0)
    errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

/** validateValidatingBinding checks the binding of a ValidatingAdmissionPolicy. */
export function validateValidatingBinding(binding: ValidatingAdmissionPolicyBinding): FieldError[] {
  return [...commonErrors(binding), ...actionErrors(binding.spec?.validationActions ?? [])];
}

/** validateMutatingBinding checks the binding of a MutatingAdmissionPolicy. */
export function validateMutatingBinding(binding: MutatingAdmissionPolicyBinding): FieldError[] {
  const rules = binding.spec?.matchResources?.resourceRules;
  return [...commonErrors(binding), ...mutatingOperationErrors(rules, 'spec.matchResources')];
}
