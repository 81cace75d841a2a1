import { findValues, relaxedExpression } from '../../../machinery/jsonpath/evaluate.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { TableRow } from '../../print/table.ts';

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  const bothNumeric = /^\d/.test(left) && /^\d/.test(right);
  if (bothNumeric) return left.localeCompare(right, 'en', { numeric: true });
  return left < right ? -1 : left > right ? 1 : 0;
}

/** sortObjects sorts by the field that a relaxed JSONPath finds; an unknown field is an error. */
export function sortObjects<T>(
  items: readonly T[],
  expression: string,
  objectOf: (item: T) => KubeObject | undefined,
): T[] {
  const path = relaxedExpression(expression);
  const keyed = items.map((item) => ({ item, key: findValues(path, objectOf(item))[0] }));
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined))
    throw new CliError(
      `couldn't find any field with path ${JSON.stringify(path)} in the list of objects`,
    );
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

/** sortRows is sortObjects for the rows of a table. */
export function sortRows(rows: readonly TableRow[], expression: string): TableRow[] {
  return sortObjects(rows, expression, (row) => row.object);
}
