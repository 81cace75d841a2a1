import { invalid } from '../../machinery/field-error.ts';
import { newBadRequest, newInvalid } from '../../machinery/status-error.ts';
import type { StorageListOptions } from '../resource-definition.ts';

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };

/** flag reads a boolean query parameter as upstream's conversion does. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}

/** integer reads an integer query parameter; 0 when it is absent. Throws 400. */
export function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null || text === '') return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw newBadRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`);
}

/** parseListQuery reads the query of a list, watch or deletecollection. */
export function parseListQuery(query: URLSearchParams): StorageListOptions {
  const text = (name: string) => query.get(name) ?? '';
  const limit = integer(query, 'limit');
  if (limit < 0) {
    throw newInvalid(LIST_OPTIONS, '', [
      invalid('limit', limit, 'must be greater than or equal to 0'),
    ]);
  }
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    limit,
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
  };
}
