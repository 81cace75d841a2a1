import { type FieldError, invalid, required } from '../../machinery/field-error.ts';
import { childPath } from '../../machinery/field-path.ts';
import { dnsSubdomainErrors, portNumberErrors } from '../../machinery/names.ts';

/** WebhookService names the service of a webhook. */
export interface WebhookService {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

const WRONG_ESCAPE = /%(?![0-9a-fA-F]{2}).{0,2}/;
const FORM = '; desired format: https://host[/path]';

/** A port that is a number, whichever. */
const LARGE_PORT = /^([a-zA-Z]+:\/\/[^/?#]*):\d+(?=[/?#]|$)/;

/** What Go's parser says of the part of a URL that names the host; undefined: nothing. */
function authorityProblem(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return 'net/url: invalid control character in URL';
  const host = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(text)?.[1] ?? '';
  const wrong = /[ "<>\\^`{|}]/.exec(host)?.[0];
  if (wrong !== undefined) return `invalid character ${JSON.stringify(wrong)} in host name`;
  const port = /^(?:\[[^\]]*\]|[^[\]]*?)(:.*)$/.exec(host)?.[1] ?? '';
  return /^(?::\d*)?$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
}

/** A URL without scheme, or without host. */
function formless(text: string, path: string): FieldError[] {
  if (text.startsWith('//'))
    return [invalid(path, '', `'https' is the only allowed URL scheme${FORM}`)];
  const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
  const known =
    scheme === 'https'
      ? []
      : [invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`)];
  return [...known, invalid(path, '', `host must be specified${FORM}`)];
}

/** webhookUrlErrors checks the URL of a webhook: https, with neither user, fragment nor query. */
export function webhookUrlErrors(text: string, path: string): FieldError[] {
  const wrong = WRONG_ESCAPE.exec(text.replace(/\?[^#]*/, ''))?.[0];
  if (wrong !== undefined) {
    const reason = `parse ${JSON.stringify(text)}: invalid URL escape ${JSON.stringify(wrong)}`;
    return [required(path, `url must be a valid URL: ${reason}${FORM}`)];
  }
  const unreadable = authorityProblem(text);
  if (unreadable !== undefined) {
    const reason = `parse ${JSON.stringify(text)}: ${unreadable}`;
    return [required(path, `url must be a valid URL: ${reason}${FORM}`)];
  }
  // Go takes any number for a port; without a host there is none.
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/\//.test(text) || text.startsWith('//'))
    return formless(text, path);
  let url: URL;
  try {
    url = new URL(text.replace(LARGE_PORT, '$1'));
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

/** webhookServiceErrors checks the reference to the service of a webhook. */
export function webhookServiceErrors(service: WebhookService, path: string): FieldError[] {
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
