import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../machinery/field-error.ts';
import { newInvalid } from '../../machinery/status-error.ts';
import { type CoreRequest, headerOf } from './core-request.ts';
import { flag } from './list-query.ts';
import { APPLY_PATCH, parseMediaType } from './media-type.ts';
import type { FieldValidation } from './operation-context.ts';

const VALIDATIONS: readonly FieldValidation[] = ['Ignore', 'Warn', 'Strict'];
const MAX_MANAGER_LENGTH = 128;
const DEFAULT_MANAGER = 'unknown';

/** WriteQuery is what the query of a write says. */
export interface WriteQuery {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

function isFieldValidation(text: string): text is FieldValidation {
  return (VALIDATIONS as readonly string[]).includes(text);
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > MAX_MANAGER_LENGTH) {
    errors.push(tooLong('fieldManager', MAX_MANAGER_LENGTH));
  }
  let at = 0;
  for (const char of manager) {
    if (/[\p{C}\p{Z}]/u.test(char) && char !== ' ') errors.push(unprintable(manager, char, at));
    at += Buffer.byteLength(char);
  }
  return errors;
}

function unprintable(manager: string, char: string, at: number): FieldError {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const text = `invalid character U+${code} (at position ${at})`;
  return {
    ...invalid('fieldManager', '', text),
    body: `Invalid value: ${goQuote(manager)}: ${text}`,
  };
}

/** goQuote quotes a text as Go does. */
function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00(..)/g, '\\x$1');
}

/** managerOfUserAgent is the name of the program in a User-Agent, the default field manager. */
function managerOfUserAgent(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, MAX_MANAGER_LENGTH);
}

function defaultManager({ headers }: CoreRequest): string {
  return managerOfUserAgent(headerOf(headers, 'user-agent')) || DEFAULT_MANAGER;
}

/** plainWrite is what a write without a query asks for, as most are. */
function plainWrite(fieldManager: string): WriteQuery {
  return {
    dryRun: false,
    fieldManager,
    fieldValidation: 'Warn',
    force: false,
  };
}

const PATCH_OPTIONS = 'PatchOptions';

/** patchErrors: an apply names its manager, and nothing else may be forced. */
function patchErrors({ query, headers }: CoreRequest): FieldError[] {
  const { type } = parseMediaType(headerOf(headers, 'content-type'));
  if (type !== APPLY_PATCH) {
    if (!query.has('force')) return [];
    return [forbidden('force', 'may not be specified for non-apply patch')];
  }
  return query.get('fieldManager') ? [] : [required('fieldManager', 'is required for apply patch')];
}

function writeErrors(query: URLSearchParams): FieldError[] {
  const errors = managerErrors(query.get('fieldManager') ?? '');
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((one) => one !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  const validation = query.get('fieldValidation') || 'Warn';
  if (!isFieldValidation(validation)) {
    errors.push(notSupported('fieldValidation', validation, ['', ...VALIDATIONS]));
  }
  return errors;
}

/**
 * parseWriteQuery reads the query of a write; `optionsKind` names it in errors. Throws 422 with all
 * that is wrong with it, in upstream's order.
 */
export function parseWriteQuery(request: CoreRequest, optionsKind: string): WriteQuery {
  const { query } = request;
  const isPatch = optionsKind === PATCH_OPTIONS;
  if (query.size === 0 && !isPatch) return plainWrite(defaultManager(request));
  const errors = [...(isPatch ? patchErrors(request) : []), ...writeErrors(query)];
  if (errors.length > 0) {
    throw newInvalid({ group: 'meta.k8s.io', kind: optionsKind }, '', errors);
  }
  const validation = query.get('fieldValidation') ?? '';
  const manager = query.get('fieldManager') ?? '';
  return {
    dryRun: query.has('dryRun'),
    fieldManager: manager || defaultManager(request),
    fieldValidation: isFieldValidation(validation) ? validation : 'Warn',
    force: flag(query, 'force'),
  };
}
