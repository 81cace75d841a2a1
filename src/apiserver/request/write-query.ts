import { invalid, notSupported } from '../../machinery/field-error.ts';
import { newInvalid } from '../../machinery/status-error.ts';
import { type CoreRequest, headerOf } from './core-request.ts';
import type { FieldValidation } from './operation-context.ts';

const VALIDATIONS: readonly FieldValidation[] = ['Ignore', 'Warn', 'Strict'];
const MAX_MANAGER_LENGTH = 128;
const DEFAULT_MANAGER = 'sampan';

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

/** managerOfUserAgent is the name of the program in a User-Agent, the default field manager. */
export function managerOfUserAgent(userAgent: string): string {
  return (userAgent.split('/')[0] ?? '').slice(0, MAX_MANAGER_LENGTH);
}

/** parseWriteQuery reads the query of a write; `optionsKind` names it in errors. */
export function parseWriteQuery(request: CoreRequest, optionsKind: string): WriteQuery {
  const { query } = request;
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
  if (manager.length > MAX_MANAGER_LENGTH) {
    throw newInvalid(kind, '', [
      invalid('fieldManager', manager, 'may not be more than 128 bytes'),
    ]);
  }
  return {
    dryRun: dryRun.length > 0,
    fieldManager:
      manager || managerOfUserAgent(headerOf(request.headers, 'user-agent')) || DEFAULT_MANAGER,
    explicitFieldManager: manager !== '',
    fieldValidation: validation,
    force: query.get('force') === 'true',
  };
}
