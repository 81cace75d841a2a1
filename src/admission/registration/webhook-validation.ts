import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { validateLabelSelector } from '../../apis/core/v1/label-selector-validation.ts';
import {
  webhookServiceErrors,
  webhookUrlErrors,
} from '../../apis/webhook/client-config-validation.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors, dnsSubdomainErrors } from '../../machinery/names.ts';
import { matchConditionErrors } from './expression-validation.ts';
import { MATCH_POLICIES, ruleErrors } from './rule-validation.ts';

type Webhook = ValidatingWebhook & Partial<MutatingWebhook>;
type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const NO_SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** What an update may leave as it was before rules became stricter. */
interface Rules {
  readonly allowedSideEffects: readonly string[];
  readonly knownReviewVersion: boolean;
  readonly uniqueNames: boolean;
  readonly conditions: boolean;
}

const STRICT: Rules = {
  allowedSideEffects: NO_SIDE_EFFECTS,
  knownReviewVersion: true,
  uniqueNames: true,
  conditions: true,
};

function nameErrors(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  const errors = dnsSubdomainErrors(name);
  if (errors.length > 0) return [invalid(path, name, errors.join(','))];
  if (name.split('.').length >= 3) return [];
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')];
}

function choiceErrors(
  value: string | undefined,
  path: string,
  allowed: readonly string[],
): FieldError[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function clientErrors({ clientConfig }: Webhook, path: string): FieldError[] {
  const { url, service } = clientConfig ?? {};
  if ((url === undefined) === (service === undefined))
    return [required(path, 'exactly one of url or service is required')];
  if (url !== undefined) return webhookUrlErrors(url, childPath(path, 'url'));
  return service ? webhookServiceErrors(service, childPath(path, 'service')) : [];
}

function reviewVersionErrors(
  versions: readonly string[],
  path: string,
  known: boolean,
): FieldError[] {
  if (versions.length === 0)
    return [required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)];
  const errors = versions.flatMap((one, index) => {
    const place = indexPath(path, index);
    if (versions.indexOf(one) < index) return [invalid(place, one, 'duplicate version')];
    return dns1035LabelErrors(one).map((text) => invalid(place, one, text));
  });
  if (!known || versions.some((one) => REVIEW_VERSIONS.includes(one))) return errors;
  const text = `must include at least one of ${REVIEW_VERSIONS.join(', ')}`;
  return [...errors, invalid(path, versions, text)];
}

function sideEffectErrors(webhook: Webhook, path: string, allowed: readonly string[]) {
  if (webhook.sideEffects !== undefined) return choiceErrors(webhook.sideEffects, path, allowed);
  return [required(path, `must specify one of ${allowed.join(', ')}`)];
}

function timeoutErrors(seconds: number | undefined, path: string): FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= 30)) return [];
  return [invalid(path, seconds, 'the timeout value must be between 1 and 30 seconds')];
}

function webhookErrors(webhook: Webhook, path: string, rules: Rules): FieldError[] {
  const at = (name: string) => childPath(path, name);
  const { failurePolicy, matchPolicy, reinvocationPolicy, timeoutSeconds } = webhook;
  return [
    ...nameErrors(webhook.name, at('name')),
    ...(webhook.rules ?? []).flatMap((rule, index) =>
      ruleErrors(rule, indexPath(at('rules'), index)),
    ),
    ...choiceErrors(failurePolicy, at('failurePolicy'), FAILURE_POLICIES),
    ...choiceErrors(matchPolicy, at('matchPolicy'), MATCH_POLICIES),
    ...sideEffectErrors(webhook, at('sideEffects'), rules.allowedSideEffects),
    ...timeoutErrors(timeoutSeconds, at('timeoutSeconds')),
    ...validateLabelSelector(webhook.namespaceSelector, at('namespaceSelector')),
    ...validateLabelSelector(webhook.objectSelector, at('objectSelector')),
    ...choiceErrors(reinvocationPolicy, at('reinvocationPolicy'), REINVOCATION_POLICIES),
    ...clientErrors(webhook, at('clientConfig')),
    ...(rules.conditions
      ? matchConditionErrors(webhook.matchConditions, at('matchConditions'), false)
      : []),
    ...reviewVersionErrors(
      webhook.admissionReviewVersions ?? [],
      at('admissionReviewVersions'),
      rules.knownReviewVersion,
    ),
  ];
}

function configurationErrors({ webhooks = [] }: Configuration, rules: Rules): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, index) => {
    const path = indexPath('webhooks', index);
    const errors = webhookErrors(webhook, path, rules);
    const { name } = webhook;
    if (rules.uniqueNames && name && names.has(name))
      errors.push(duplicate(childPath(path, 'name'), name));
    names.add(name);
    return errors;
  });
}

function rulesOf(old: Configuration, draft: Configuration): Rules {
  const before: readonly Webhook[] = old.webhooks ?? [];
  const after: readonly Webhook[] = draft.webhooks ?? [];
  const strictEffects = before.every((one) => NO_SIDE_EFFECTS.includes(one.sideEffects));
  const conditions = (webhooks: readonly Webhook[]) =>
    webhooks.map(({ matchConditions = [] }) => matchConditions);
  return {
    allowedSideEffects: strictEffects ? NO_SIDE_EFFECTS : SIDE_EFFECTS,
    knownReviewVersion: before.every(({ admissionReviewVersions: versions = [] }) =>
      versions.some((one) => REVIEW_VERSIONS.includes(one)),
    ),
    uniqueNames: new Set(before.map(({ name }) => name)).size === before.length,
    conditions: !deepEqual(conditions(before), conditions(after)),
  };
}

/** validateWebhookConfiguration checks a new configuration of webhooks of either kind. */
export function validateWebhookConfiguration(configuration: Configuration): FieldError[] {
  return configurationErrors(configuration, STRICT);
}

/** validateWebhookConfigurationUpdate allows what the old configuration had already. */
export function validateWebhookConfigurationUpdate(
  configuration: Configuration,
  old: Configuration,
): FieldError[] {
  return configurationErrors(configuration, rulesOf(old, configuration));
}
