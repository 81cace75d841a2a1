import { findValues, relaxedExpression, valueText } from '../../machinery/jsonpath/evaluate.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { CliError } from '../cli-error.ts';
import { TABLE_LAYOUT, TabWriter } from './tab-writer.ts';

interface Column {
  readonly header: string;
  readonly expression: string;
}

function parseSpec(spec: string): Column[] {
  if (spec === '')
    throw new CliError('custom-columns format specified but no custom columns given');
  const lines = spec.trim().split('\n');
  const [headers = '', expressions] = lines;
  if (expressions !== undefined) {
    const fields = expressions.trim().split(/\s+/);
    return headers
      .trim()
      .split(/\s+/)
      .map((header, index) => ({ header, expression: relaxedExpression(fields[index] ?? '') }));
  }
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0)
      throw new CliError(
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      );
    return {
      header: part.slice(0, colon),
      expression: relaxedExpression(part.slice(colon + 1)),
    };
  });
}

function cell(expression: string, object: KubeObject): string {
  const found = expression === '' ? [] : findValues(expression, object);
  return found.length === 0 ? '<none>' : found.map((one) => valueText(one) || '<none>').join(',');
}

/** newCustomColumns makes the printer of `-o custom-columns=HEADER:PATH,…`. */
export function newCustomColumns(spec: string, noHeaders: boolean) {
  const columns = parseSpec(spec);
  const writer = new TabWriter(TABLE_LAYOUT);
  let headersDue = !noHeaders;
  return (object: KubeObject): string => {
    const { items } = object as KubeObject & { items?: KubeObject[] };
    const rows = (Array.isArray(items) ? items : [object]).map((one) =>
      columns.map(({ expression }) => cell(expression, one)),
    );
    if (headersDue) rows.unshift(columns.map(({ header }) => header));
    headersDue = false;
    return writer.format(`${rows.map((row) => row.join('\t')).join('\n')}\n`);
  };
}
