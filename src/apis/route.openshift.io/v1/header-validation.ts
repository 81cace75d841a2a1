import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  required,
} from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import type { RouteHTTPHeader, RouteSpec } from './types.ts';

const PATH = 'spec.httpHeaders.actions';
const MAX_ACTIONS = 20;
const MAX_NAME_LENGTH = 255;
const MAX_VALUE_LENGTH = 16_384;
const NAME = /^[-!#$%&'*+.0-9A-Z^_`a-z|~]+$/;
const PROTECTED = ['strict-transport-security', 'proxy', 'cookie', 'set-cookie'];

type Direction = 'request' | 'response';

/** headerErrors are what is wrong with the headers that a route sets or deletes. */
export function headerErrors({ httpHeaders, tls }: RouteSpec): readonly FieldError[] {
  const { request = [], response = [] } = httpHeaders?.actions ?? {};
  const errors: FieldError[] = [];
  if (request.length + response.length > 0 && tls?.termination === 'passthrough') {
    const detail =
      'only edge and re-encrypt routes are supported for providing customized headers.';
    errors.push(invalid('spec.tls.termination', tls.termination, detail));
  }
  return [...errors, ...listErrors('response', response), ...listErrors('request', request)];
}

function listErrors(direction: Direction, headers: readonly RouteHTTPHeader[]): FieldError[] {
  const path = `${PATH}.${direction}`;
  if (headers.length > MAX_ACTIONS) {
    const detail = `${direction} headers list can't exceed ${MAX_ACTIONS} items`;
    return [invalid(path, headers, detail)];
  }
  return headers.flatMap((header, index) => [
    ...nameErrors(indexPath(path, index), header, headers.slice(0, index)),
    ...actionErrors(indexPath(path, index), header, direction),
  ]);
}

function nameErrors(
  path: string,
  { name }: RouteHTTPHeader,
  before: readonly RouteHTTPHeader[],
): FieldError[] {
  const at = childPath(path, 'name');
  const errors = before.some((one) => one.name === name) ? [duplicate(at, name)] : [];
  if (!name) errors.push(required(at));
  else if (name.length > MAX_NAME_LENGTH) {
    const detail = `name exceeds the maximum length, which is ${MAX_NAME_LENGTH}`;
    errors.push(invalid(at, name, detail));
  } else if (PROTECTED.includes(name.toLowerCase())) {
    const list = PROTECTED.join(', ');
    errors.push(forbidden(at, `the following headers may not be modified using this API: ${list}`));
  } else if (!NAME.test(name)) {
    const detail = 'name must be a valid HTTP header name as defined in RFC 2616 section 4.2';
    errors.push(invalid(at, name, detail));
  }
  return errors;
}

function actionErrors(
  path: string,
  { action }: RouteHTTPHeader,
  direction: Direction,
): FieldError[] {
  const at = childPath(path, 'action');
  const errors: FieldError[] = [];
  if (action.type !== 'Set' && action.type !== 'Delete') {
    errors.push(invalid(`${at}.type`, action.type, 'type must be "Set" or "Delete"'));
  }
  if ((action.type === 'Set') !== (action.set !== undefined)) {
    errors.push(required(`${at}.set`, 'set is required when type is Set, and forbidden otherwise'));
  }
  if (action.set !== undefined) errors.push(...valueErrors(at, action.set.value, direction));
  return errors;
}

function valueErrors(path: string, value: string, direction: Direction): FieldError[] {
  const at = `${path}.set.value`;
  if (value === '') return [required(at)];
  if (value.length > MAX_VALUE_LENGTH) {
    const detail = `value exceeds the maximum length, which is ${MAX_VALUE_LENGTH}`;
    return [invalid(at, value, detail)];
  }
  const fetch = direction === 'request' ? 'req' : 'res';
  if (valuePattern(fetch).test(value)) return [];
  return [
    invalid(
      at,
      value,
      `Either header value provided is not in correct format or the converter specified is not allowed. The dynamic header value  may use HAProxy's %[] syntax and otherwise must be a valid HTTP header value as defined in https://datatracker.ietf.org/doc/html/rfc7230#section-3.2 Sample fetchers allowed are ${fetch}.hdr, ssl_c_der. Converters allowed are lower, base64.`,
    ),
  ];
}

/** Plain text, `%%`, or a sample expression of one of the allowed fetches and converters. */
function valuePattern(fetch: 'req' | 'res'): RegExp {
  const quoting = '(?:\\{[-+]?[QXE](?:,[-+]?[QXE])*\\})?';
  const sample = `(?:${fetch}\\.hdr\\([0-9A-Za-z-]+\\)|ssl_c_der)(?:,(?:lower|base64))*`;
  return new RegExp(`^(?:%(?:%|${quoting}\\[${sample}\\])|[^%\\u0000-\\u001f\\u007f])+$`);
}
