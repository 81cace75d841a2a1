import { type FieldError, invalid, notSupported, tooLong } from '../../machinery/field-error.ts';
import { newInvalid } from '../../machinery/status-error.ts';
import { type CoreRequest, headerOf } from './core-request.ts';
import { flag } from './list-query.ts';
import type { FieldValidation } from './operation-context.ts';

const VALIDATIONS: readonly FieldValidation[] = ['Ignore', 'Warn', 'Strict'];
const MAX_MANAGER_LENGTH = 128;
const DEFAULT_MANAGER = 'unknown';

/** WriteQuery is what the query of a write says. */
export interface WriteQuery {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly explicitFieldManager: boolean;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

function isFieldValidation(text: string): text is FieldValidation {
  return (VALIDATIONS as readonly string[]).includes(text);
}

function managerErrors(manager: string): FieldError[] {
  if (Buffer.byteLength(manager) > MAX_MANAGER_LENGTH) {
    return [tooLong('fieldManager', MAX_MANAGER_LENGTH)];
  }
  for (const [at, char] of [...manager].entries()) {
    if (!/[\p{C}\p{Z}]/u.test(char) || char === ' ') continue;
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const text = `invalid character U+${code} (at position ${at})`;
    return [
      { ...invalid('fieldManager', '', text), body: `Invalid value: ${goQuote(manager)}: ${text}` },
    ];
  }
  return [];
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
    explicitFieldManager: false,
    fieldValidation: 'Warn',
    force: false,
  };
}

/** parseWriteQuery reads the query of a write; `optionsKind` names it in errors. */
export function parseWriteQuery(request: CoreRequest, optionsKind: string): WriteQuery {
  const { query } = request;
  if (query.size === 0) return plainWrite(defaultManager(request));
  const kind = { group: 'meta.k8s.io', kind: optionsKind };
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((one) => one !== 'All')) {
    throw newInvalid(kind, '', [notSupported('dryRun', dryRun, ['All'])]);
  }
  const validation = query.get('fieldValidation') || 'Warn';
  if (!isFieldValidation(validation)) {
    throw newInvalid(kind, '', [notSupported('fieldValidation', validation, ['', ...VALIDATIONS])]);
  }
  const manager = query.get('fieldManager') ?? '';
  const [managerError] = managerErrors(manager);
  if (managerError) throw newInvalid(kind, '', [managerError]);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || defaultManager(request),
    explicitFieldManager: manager !== '',
    fieldValidation: validation,
    force: flag(query, 'force'),
  };
}
