import type { KubeObject } from '../../machinery/object.ts';
import { TABLE_LAYOUT, TabWriter } from './tab-writer.ts';

/** TableColumn is a column of a server's Table. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority?: number;
}

/** TableRow is a row of a server's Table; its object has at least metadata. */
export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: KubeObject;
}

/** Table is the answer to a list or get that asked for a Table (meta.k8s.io/v1). */
export interface Table {
  readonly kind: 'Table';
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

/** isTable recognizes a Table among what a server may answer. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Table';
}

/** TableOptions are the flags of `get` that change how tables look. */
export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** Goes before names as `KIND/`. */
  readonly kindPrefix?: string | undefined;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
}

function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}

function labelHeader(label: string): string {
  return (label.split('/').at(-1) ?? label).toUpperCase();
}

const CONTROL: Readonly<Record<string, string>> = { '\t': '\\t', '\x1b': '^[' };

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  const end = text.search(/[\f\n\r]/);
  const line = end < 0 ? text : `${text.slice(0, end)}...`;
  return line.replace(/[\t\x1b]/g, (char) => CONTROL[char] ?? char);
}

function decorated(table: Table, columns: readonly TableColumn[], options: TableOptions) {
  const nameAt = options.kindPrefix
    ? columns.findIndex((one) => one.format === 'name' && one.type === 'string')
    : -1;
  const shown = columns.map((one, index) => ({ ...one, index }));
  const picked = shown.filter((one) => options.wide || (one.priority ?? 0) === 0);
  const headers = picked.map((one) => one.name.toUpperCase());
  const rows = table.rows.map(({ cells, object }) => {
    const row = picked.map(({ index }) => {
      const text = cellText(cells[index]);
      return index === nameAt ? `${options.kindPrefix}/${text}` : text;
    });
    const labels = object?.metadata.labels;
    if (options.withNamespace) row.unshift(object?.metadata.namespace ?? '');
    for (const label of options.labelColumns) row.push(labels?.[label] ?? '');
    if (options.showLabels) row.push(labelsText(labels));
    return row;
  });
  if (options.withNamespace) headers.unshift('NAMESPACE');
  headers.push(...options.labelColumns.map(labelHeader));
  if (options.showLabels) headers.push('LABELS');
  return { headers, rows };
}

/**
 * TablePrinter prints Tables one after the other, as `get` and `get --watch` do: headers only when
 * the columns change, and columns that never become narrower.
 */
export class TablePrinter {
  private readonly writer = new TabWriter(TABLE_LAYOUT);
  private columns: readonly TableColumn[] = [];
  private headersPrinted = false;

  /** reset begins a new table: for the next resource. */
  reset(): void {
    this.writer.forget();
    this.columns = [];
    this.headersPrinted = false;
  }

  /** format answers the lines of a table; an empty text when it has no rows. `event` goes first. */
  format(table: Table, options: TableOptions, event?: string): string {
    const own = table.columnDefinitions ?? [];
    if (own.length > 0 && JSON.stringify(own) !== JSON.stringify(this.columns)) {
      this.columns = own;
      this.headersPrinted = false;
    }
    if ((table.rows ?? []).length === 0) return '';
    const { headers, rows } = decorated(table, this.columns, options);
    if (event !== undefined) {
      headers.unshift('EVENT');
      for (const row of rows) row.unshift(event);
    }
    const lines = options.noHeaders || this.headersPrinted ? rows : [headers, ...rows];
    this.headersPrinted = true;
    return this.writer.format(`${lines.map((line) => line.join('\t')).join('\n')}\n`);
  }
}
