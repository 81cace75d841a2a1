import { selectorObjectText } from '../../../machinery/labels.ts';
import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
} from '../../printer-column.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from './types.ts';

interface Configuration {
  readonly metadata: ObjectMeta;
  readonly webhooks?: readonly unknown[];
}

/** WEBHOOK_CONFIGURATION_COLUMNS are those of `kubectl get validatingwebhookconfigurations`. */
export const WEBHOOK_CONFIGURATION_COLUMNS: readonly PrinterColumn<Configuration>[] = [
  nameColumn(),
  numberColumn(
    'Webhooks',
    'Webhooks indicates the number of webhooks registered in this configuration',
    ({ webhooks = [] }) => webhooks.length,
  ),
  ageColumn(),
];

function paramKindText(paramKind: ParamKind | undefined): string {
  return paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>';
}

function paramRefText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? selectorObjectText(ref.selector) : '<unset>';
}

const PARAM_KIND = 'ParamKind specifies the kind of resources used to parameterize this policy';

/** VALIDATING_POLICY_COLUMNS are the columns of `kubectl get validatingadmissionpolicies`. */
export const VALIDATING_POLICY_COLUMNS: readonly PrinterColumn<ValidatingAdmissionPolicy>[] = [
  nameColumn(),
  numberColumn(
    'Validations',
    'Validations indicates the number of validation rules defined in this configuration',
    ({ spec }) => spec?.validations?.length ?? 0,
  ),
  column('ParamKind', PARAM_KIND, ({ spec }) => paramKindText(spec?.paramKind)),
  ageColumn(),
];

/** MUTATING_POLICY_COLUMNS are the columns of `kubectl get mutatingadmissionpolicies`. */
export const MUTATING_POLICY_COLUMNS: readonly PrinterColumn<MutatingAdmissionPolicy>[] = [
  nameColumn(),
  numberColumn(
    'Mutations',
    'Mutation indicates the number of mutations rules defined in this configuration',
    ({ spec }) => spec?.mutations?.length ?? 0,
  ),
  column('ParamKind', PARAM_KIND, ({ spec }) => paramKindText(spec?.paramKind)),
  ageColumn(),
];

/** POLICY_BINDING_COLUMNS are the columns of the bindings of policies of both kinds. */
export const POLICY_BINDING_COLUMNS: readonly PrinterColumn<
  ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding
>[] = [
  nameColumn(),
  column(
    'PolicyName',
    'PolicyName indicates the policy definition which the policy binding binded to',
    ({ spec }) => spec?.policyName ?? '',
  ),
  column(
    'ParamRef',
    'ParamRef indicates the param resource which sets the configration param',
    ({ spec }) => paramRefText(spec?.paramRef),
  ),
  ageColumn(),
];
