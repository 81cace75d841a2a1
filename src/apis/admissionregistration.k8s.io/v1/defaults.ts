import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhook,
  MutatingWebhookConfiguration,
  RuleWithOperations,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from './types.ts';

function defaultRules(rules: readonly RuleWithOperations[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}

function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  defaultRules(webhook.rules);
}

/** defaultValidatingWebhooks fills in what a configuration leaves open. */
export function defaultValidatingWebhooks(draft: ValidatingWebhookConfiguration): void {
  draft.webhooks?.forEach(defaultWebhook);
}

/** defaultMutatingWebhooks fills in what a configuration leaves open. */
export function defaultMutatingWebhooks(draft: MutatingWebhookConfiguration): void {
  for (const webhook of draft.webhooks ?? []) {
    defaultWebhook(webhook);
    webhook.reinvocationPolicy ??= 'Never';
  }
}

function defaultMatch(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

/** defaultPolicy fills in what a policy leaves open. */
export function defaultPolicy(policy: ValidatingAdmissionPolicy | MutatingAdmissionPolicy): void {
  policy.spec ??= {};
  const { spec } = policy;
  spec.failurePolicy ??= 'Fail';
  defaultMatch(spec.matchConstraints);
}

/** defaultPolicyBinding fills in what the binding of a policy leaves open. */
export function defaultPolicyBinding({
  spec,
}: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding): void {
  defaultMatch(spec?.matchResources);
}
