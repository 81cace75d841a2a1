import { type FieldError, forbidden, notSupported } from '../../machinery/field-error.ts';
import { newBadRequest, newInvalid } from '../../machinery/status-error.ts';
import { parseSelectors } from '../name-selection.ts';
import type { StorageListOptions } from '../resource-definition.ts';

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };

/** flag reads a boolean query parameter as upstream's conversion does. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n } as const;

/** integer reads an integer query parameter; 0 when it is absent. Throws 400. */
export function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null) return 0;
  const refuse = (problem: string) =>
    newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`);
  if (!/^[-+]?\d+$/.test(text)) throw refuse('invalid syntax');
  const value = BigInt(text.replace('+', ''));
  if (value < INT64.min || value > INT64.max) throw refuse('value out of range');
  return Number(value);
}

const EXACT = 'Exact';
const NOT_OLDER = 'NotOlderThan';
const MATCH = 'resourceVersionMatch';

/** listErrors: which options do not go together in a list (ValidateListOptions upstream). */
function listErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  const match = query.get(MATCH) ?? '';
  if (match !== '') {
    if (!query.get('resourceVersion')) {
      errors.push(forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    }
    if (query.get('continue')) {
      errors.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
    }
    if (match !== EXACT && match !== NOT_OLDER) {
      errors.push(notSupported(MATCH, match, [EXACT, NOT_OLDER, ''], 'as given'));
    }
    if (match === EXACT && query.get('resourceVersion') === '0') {
      errors.push(forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
    }
  }
  if (query.has('sendInitialEvents')) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

/**
 * isLegacyWatch: a watch from any version begins with what there is, as if it had asked for that
 * (SetListOptionsDefaults upstream).
 */
function isLegacyWatch(query: URLSearchParams): boolean {
  if (!query.has('watch') || query.has('sendInitialEvents') || query.get(MATCH)) return false;
  const version = query.get('resourceVersion') ?? '';
  return version === '' || version === '0';
}

/** watchErrors: which options do not go together in a watch. */
function watchErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  const given = query.get(MATCH) ?? '';
  const isLegacy = isLegacyWatch(query);
  const match = isLegacy ? NOT_OLDER : given;
  const sendsInitial = isLegacy || query.has('sendInitialEvents');
  if (sendsInitial && match !== NOT_OLDER) {
    const text = `sendInitialEvents requires setting ${MATCH} to ${NOT_OLDER}`;
    errors.push(forbidden(MATCH, text));
  }
  if (match === '') return errors;
  if (!sendsInitial) {
    const text = `${MATCH} is forbidden for watch unless sendInitialEvents is provided`;
    errors.push(forbidden(MATCH, text));
  }
  if (match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [NOT_OLDER]));
  if (query.get('continue')) {
    errors.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
  }
  return errors;
}

/** checkListQuery refuses options that cannot be read (400), or do not go together (422). */
export function checkListQuery(query: URLSearchParams, verb: 'list' | 'watch'): void {
  if (query.size === 0) return;
  parseSelectors(parseListQuery(query));
  const errors = verb === 'watch' ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw newInvalid(LIST_OPTIONS, '', errors);
}

/** parseListQuery reads the query of a list, watch or deletecollection. */
export function parseListQuery(query: URLSearchParams): StorageListOptions {
  const text = (name: string) => query.get(name) ?? '';
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    // As upstream, a negative limit is none.
    limit: Math.max(0, integer(query, 'limit')),
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
    sendInitialEvents: isLegacyWatch(query) || flag(query, 'sendInitialEvents'),
    startsEmpty: query.has('sendInitialEvents') && !flag(query, 'sendInitialEvents'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
  };
}
