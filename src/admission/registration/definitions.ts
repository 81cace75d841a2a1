import {
  MUTATING_POLICY_COLUMNS,
  POLICY_BINDING_COLUMNS,
  VALIDATING_POLICY_COLUMNS,
  WEBHOOK_CONFIGURATION_COLUMNS,
} from '../../apis/admissionregistration.k8s.io/v1/columns.ts';
import {
  defaultMutatingWebhooks,
  defaultPolicy,
  defaultPolicyBinding,
  defaultValidatingWebhooks,
} from '../../apis/admissionregistration.k8s.io/v1/defaults.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import {
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../apis/resource-types.ts';
import type { ResourceDefinition, Strategy } from '../../apiserver/resource-definition.ts';
import { semanticEqual } from '../../machinery/deep-equal.ts';
import type { FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { validateMutatingBinding, validateValidatingBinding } from './binding-validation.ts';
import {
  validateMutatingPolicy,
  validatePolicyStatus,
  validateValidatingPolicy,
} from './policy-validation.ts';
import {
  validateWebhookConfiguration,
  validateWebhookConfigurationUpdate,
} from './webhook-validation.ts';

const DEFINITIONS = 'io.k8s.api.admissionregistration.v1';
const CATEGORIES = ['api-extensions'];

type WebhookConfiguration = KubeObject & { webhooks?: unknown };

function webhookStrategy<T extends WebhookConfiguration>(
  own: Pick<Strategy<T>, 'defaults'>,
): Strategy<T> {
  return {
    ...own,
    hasGeneration: true,
    metadataOnUpdate: 'rules',
    plainFinalizers: true,
    allowUnconditionalUpdate: false,
    changesGeneration: (draft, old) => !semanticEqual(draft.webhooks, old.webhooks),
    ratchets: true,
    validate: (draft) => validateWebhookConfiguration(draft as ValidatingWebhookConfiguration),
    validateUpdate: (draft, old) =>
      validateWebhookConfigurationUpdate(
        draft as ValidatingWebhookConfiguration,
        old as ValidatingWebhookConfiguration,
      ),
  };
}

function policyStrategy<T extends ValidatingAdmissionPolicy | MutatingAdmissionPolicy>(
  validate: (policy: T, old?: T) => readonly FieldError[],
): Strategy<T> {
  return {
    hasGeneration: true,
    metadataOnUpdate: 'rules',
    plainFinalizers: true,
    allowUnconditionalUpdate: false,
    ratchets: true,
    defaults: defaultPolicy,
    validate: (draft) => validate(draft),
    validateUpdate: validate,
  };
}

function bindingStrategy<
  T extends ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding,
>(validate: Strategy<T>['validate'] & object): Strategy<T> {
  return {
    hasGeneration: true,
    metadataOnUpdate: 'rules',
    plainFinalizers: true,
    allowUnconditionalUpdate: false,
    defaults: defaultPolicyBinding,
    validate,
  };
}

const validatingWebhooks: ResourceDefinition<ValidatingWebhookConfiguration> = {
  type: VALIDATING_WEBHOOK_CONFIGURATIONS,
  definition: `${DEFINITIONS}.ValidatingWebhookConfiguration`,
  categories: CATEGORIES,
  columns: WEBHOOK_CONFIGURATION_COLUMNS,
  strategy: webhookStrategy({ defaults: defaultValidatingWebhooks }),
};

const mutatingWebhooks: ResourceDefinition<MutatingWebhookConfiguration> = {
  type: MUTATING_WEBHOOK_CONFIGURATIONS,
  definition: `${DEFINITIONS}.MutatingWebhookConfiguration`,
  categories: CATEGORIES,
  columns: WEBHOOK_CONFIGURATION_COLUMNS,
  strategy: webhookStrategy({ defaults: defaultMutatingWebhooks }),
};

const validatingPolicies: ResourceDefinition<ValidatingAdmissionPolicy> = {
  type: VALIDATING_ADMISSION_POLICIES,
  definition: `${DEFINITIONS}.ValidatingAdmissionPolicy`,
  categories: CATEGORIES,
  columns: VALIDATING_POLICY_COLUMNS,
  strategy: {
    ...policyStrategy(validateValidatingPolicy),
    hasStatus: true,
    subresourceResetFields: { status: ['metadata'] },
    prepareForCreate(draft) {
      draft.status = {};
    },
    validateStatusUpdate: validatePolicyStatus,
  },
  subresources: { status: { kind: 'status' } },
};

const validatingBindings: ResourceDefinition<ValidatingAdmissionPolicyBinding> = {
  type: VALIDATING_ADMISSION_POLICY_BINDINGS,
  definition: `${DEFINITIONS}.ValidatingAdmissionPolicyBinding`,
  categories: CATEGORIES,
  columns: POLICY_BINDING_COLUMNS,
  strategy: bindingStrategy(validateValidatingBinding),
};

const mutatingPolicies: ResourceDefinition<MutatingAdmissionPolicy> = {
  type: MUTATING_ADMISSION_POLICIES,
  definition: `${DEFINITIONS}.MutatingAdmissionPolicy`,
  categories: CATEGORIES,
  columns: MUTATING_POLICY_COLUMNS,
  strategy: policyStrategy(validateMutatingPolicy),
};

const mutatingBindings: ResourceDefinition<MutatingAdmissionPolicyBinding> = {
  type: MUTATING_ADMISSION_POLICY_BINDINGS,
  definition: `${DEFINITIONS}.MutatingAdmissionPolicyBinding`,
  categories: CATEGORIES,
  columns: POLICY_BINDING_COLUMNS,
  strategy: bindingStrategy(validateMutatingBinding),
};

/** registrationDefinitions are the resources of admissionregistration.k8s.io. */
export function registrationDefinitions(): ResourceDefinition[] {
  return [
    validatingWebhooks,
    mutatingWebhooks,
    validatingPolicies,
    validatingBindings,
    mutatingPolicies,
    mutatingBindings,
  ] as ResourceDefinition[];
}
