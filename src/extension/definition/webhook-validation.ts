import type {
  CustomResourceConversion,
  WebhookClientConfig,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import {
  webhookServiceErrors,
  webhookUrlErrors,
} from '../../apis/webhook/client-config-validation.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors } from '../../machinery/names.ts';
import { certificatesProblem } from './ca-bundle.ts';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** ConversionRules say what an update may leave as it is. */
export interface ConversionRules {
  readonly knownReviewVersion: boolean;
  readonly validCaBundle: boolean;
}

/** conversionErrors checks how versions of a definition are converted into one another. */
export function conversionErrors(
  conversion: CustomResourceConversion | undefined,
  path: string,
  rules: ConversionRules,
): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  const place = childPath(path, 'webhookClientConfig');
  const versionsPath = childPath(path, 'conversionReviewVersions');
  const errors: FieldError[] = [];
  if (!strategy) errors.push(required(childPath(path, 'strategy')));
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(notSupported(childPath(path, 'strategy'), strategy, ['None', 'Webhook']));
  }
  if (strategy === 'Webhook') {
    const config = webhook?.clientConfig;
    if (config) errors.push(...clientConfigErrors(config, place, rules));
    else errors.push(required(place, 'required when strategy is set to Webhook'));
    const versions = webhook?.conversionReviewVersions ?? [];
    return [...errors, ...reviewVersionErrors(versions, versionsPath, rules)];
  }
  const text = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig) errors.push(forbidden(place, text));
  if (webhook?.conversionReviewVersions?.length) errors.push(forbidden(versionsPath, text));
  return errors;
}

function reviewVersionErrors(
  versions: readonly string[],
  path: string,
  rules: ConversionRules,
): FieldError[] {
  if (versions.length === 0) return [required(path)];
  const errors = versions.flatMap((one, index) => {
    const place = indexPath(path, index);
    if (versions.indexOf(one) < index) return [invalid(place, one, 'duplicate version')];
    return dns1035LabelErrors(one).map((text) => invalid(place, one, text));
  });
  if (rules.knownReviewVersion && !versions.some((one) => REVIEW_VERSIONS.includes(one))) {
    errors.push(
      invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`),
    );
  }
  return errors;
}

function clientConfigErrors(
  config: WebhookClientConfig,
  path: string,
  rules: ConversionRules,
): FieldError[] {
  const { url, service, caBundle } = config;
  const errors: FieldError[] = [];
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'));
  } else if (url !== undefined) errors.push(...webhookUrlErrors(url, childPath(path, 'url')));
  else if (service) errors.push(...webhookServiceErrors(service, childPath(path, 'service')));
  if (caBundle && rules.validCaBundle) {
    const problem = certificatesProblem(caBundle);
    if (problem !== undefined) errors.push(invalid(childPath(path, 'caBundle'), caBundle, problem));
  }
  return errors;
}
