import type {
  CustomResourceConversion,
  WebhookClientConfig,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors, dnsSubdomainErrors, portNumberErrors } from '../../machinery/names.ts';
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
  } else if (url !== undefined) errors.push(...urlErrors(url, childPath(path, 'url')));
  else if (service) errors.push(...serviceErrors(service, childPath(path, 'service')));
  if (caBundle && rules.validCaBundle) {
    const problem = certificatesProblem(caBundle);
    if (problem !== undefined) errors.push(invalid(childPath(path, 'caBundle'), caBundle, problem));
  }
  return errors;
}

const FORM = '; desired format: https://host[/path]';

function urlErrors(text: string, path: string): FieldError[] {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? '';
    const errors: FieldError[] = [];
    if (scheme !== 'https') {
      errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`));
    }
    return [...errors, invalid(path, '', `host must be specified${FORM}`)];
  }
  const errors: FieldError[] = [];
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'https') {
    errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`));
  }
  if (url.host === '') errors.push(invalid(path, '', `host must be specified${FORM}`));
  const user = [url.username, url.password].filter((one) => one !== '').join(':');
  if (user) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (url.hash) {
    errors.push(invalid(path, url.hash.slice(1), 'fragments are not permitted in the URL'));
  }
  if (url.search) {
    const text = 'query parameters are not permitted in the URL';
    errors.push(invalid(path, url.search.slice(1), text));
  }
  return errors;
}

function serviceErrors(
  service: NonNullable<WebhookClientConfig['service']>,
  path: string,
): FieldError[] {
  const { name, namespace, port = 443 } = service;
  const errors: FieldError[] = [];
  // Upstream passes the two in the wrong order: each is missed under the name of the other.
  if (!namespace) errors.push(required(childPath(path, 'name')));
  if (!name) errors.push(required(childPath(path, 'namespace')));
  const numbers = portNumberErrors(port);
  if (numbers.length > 0) {
    errors.push(invalid(childPath(path, 'port'), port, `port is not valid: ${numbers.join(', ')}`));
  }
  return [...errors, ...pathErrors(service.path, childPath(path, 'path'))];
}

function pathErrors(path: string | undefined, place: string): FieldError[] {
  if (path === undefined || path === '' || path === '/') return [];
  if (path === '//') return [invalid(place, path, 'segment[0] may not be empty')];
  const errors = path.startsWith('/') ? [] : [invalid(place, path, "must start with a '/'")];
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') errors.push(invalid(place, path, `segment[${index}] may not be empty`));
    else {
      for (const text of dnsSubdomainErrors(step)) {
        errors.push(invalid(place, path, `segment[${index}]: ${text}`));
      }
    }
  }
  return errors;
}
