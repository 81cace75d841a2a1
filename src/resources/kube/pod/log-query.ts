import { parseGoTime } from '../../../apis/schema/index.ts';
import { type FieldError, forbidden, invalid } from '../../../machinery/field-error.ts';
import { newBadRequest, newInvalid } from '../../../machinery/status-error.ts';

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text))
    throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/**
 * logQuery checks the query of `pods/log` and answers it; 422 in the words of upstream's
 * PodLogOptions for amounts that make no sense.
 */
export function logQuery(name: string, query: URLSearchParams): URLSearchParams {
  const errors: FieldError[] = [];
  const tail = numberOf(query, 'tailLines');
  const limit = numberOf(query, 'limitBytes');
  const since = numberOf(query, 'sinceSeconds');
  if (tail !== undefined && tail < 0)
    errors.push(invalid('tailLines', tail, 'must be greater than or equal to 0'));
  if (limit !== undefined && limit < 1)
    errors.push(invalid('limitBytes', limit, 'must be greater than 0'));
  if (query.has('stream')) errors.push(forbidden('stream', 'may not be specified'));
  const sinceTime = query.get('sinceTime') ?? '';
  const time = sinceTime === '' ? undefined : parseGoTime(sinceTime, 'time');
  if (time && 'problem' in time) throw newBadRequest(time.problem);
  if (since !== undefined && sinceTime !== '') {
    errors.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (since !== undefined && since < 1) {
    errors.push(invalid('sinceSeconds', since, 'must be greater than 0'));
  }
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'PodLogOptions' }, name, errors);
  return query;
}
