import type { Transport } from '../../../client/transport.ts';
import { ageOf } from '../../../machinery/duration.ts';
import type { KubeList, KubeObject } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import type { Invocation } from '../../command.ts';
import { type Mapping, qualifiedKind } from '../../discovery/mapping.ts';
import {
  isTable,
  type Table,
  type TableOptions,
  TablePrinter,
  type TableRow,
} from '../../print/table.ts';
import { type Queries, type Query, requestOf, TABLE_ACCEPT } from './requests.ts';

/** tableOptionsOf reads the flags that change how the table of a resource looks. */
export function tableOptionsOf(
  { flags }: Invocation,
  mapping: Mapping,
  withKind: boolean,
): TableOptions {
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && mapping.namespaced,
    kindPrefix: withKind || flags.bool('show-kind') ? qualifiedKind(mapping) : undefined,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
  };
}

/** plainTable is a table of names and ages, for servers that do not print. */
export function plainTable(answer: KubeObject | KubeList, now: Date): Table {
  const objects = 'items' in answer && Array.isArray(answer.items) ? answer.items : [answer];
  return {
    kind: 'Table',
    metadata: answer.metadata as { resourceVersion?: string },
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Age', type: 'string' },
    ],
    rows: (objects as KubeObject[]).map((object) => ({
      cells: [object.metadata.name, ageOf(object.metadata.creationTimestamp, now)],
      object,
    })),
  };
}

/** fetchTable gets one query as a table; long lists come in chunks. */
async function fetchTable(
  transport: Transport,
  query: Query,
  invocation: Invocation,
): Promise<Table> {
  const { flags, io } = invocation;
  const sort = flags.string('sort-by') !== '';
  const chunk = sort || query.name !== undefined ? 0 : flags.int('chunk-size');
  const more: Record<string, string> = {
    ...(sort ? { includeObject: 'Object' } : {}),
    ...(chunk > 0 ? { limit: String(chunk) } : {}),
  };
  const rows: TableRow[] = [];
  for (;;) {
    const accept = flags.bool('server-print') ? TABLE_ACCEPT : 'application/json';
    const { body } = await transport.request({
      ...requestOf(query, invocation, more),
      headers: { accept },
    });
    const answer = body.kind === 'object' ? body.object : undefined;
    const table = isTable(answer) ? answer : plainTable(answer as KubeObject, io.now());
    rows.push(...(table.rows ?? []));
    const next = table.metadata?.continue;
    if (!next) return { ...table, rows };
    more.continue = next;
  }
}

async function sorted(table: Table, expression: string): Promise<Table> {
  if (expression === '') return table;
  const { sortRows } = await import('./sort.ts');
  return { ...table, rows: sortRows(table.rows, expression) };
}

interface Fetched {
  readonly query: Query;
  readonly table?: Table;
  readonly error?: unknown;
}

/** printTables gets and prints everything as tables, and answers the failures. */
export async function printTables(
  { queries }: Queries,
  invocation: Invocation,
): Promise<unknown[]> {
  const { flags, io, session } = invocation;
  const transport = await session.transport();
  const fetched = await Promise.all(
    queries.map(async (query): Promise<Fetched> => {
      try {
        const table = await fetchTable(transport, query, invocation);
        return { query, table: await sorted(table, flags.string('sort-by')) };
      } catch (error) {
        return { query, error };
      }
    }),
  );
  const kinds = fetched.filter(({ table }) => table !== undefined);
  const withKind = new Set(kinds.map(({ query }) => qualifiedKind(query.mapping))).size > 1;
  const printer = new TablePrinter();
  let last: Mapping | undefined;
  let written = '';
  for (const { query, table } of fetched) {
    if (!table) continue;
    const isNew = last !== undefined && qualifiedKind(last) !== qualifiedKind(query.mapping);
    if (isNew) printer.reset();
    last = query.mapping;
    const text = printer.format(table, tableOptionsOf(invocation, query.mapping, withKind));
    if (text !== '' && isNew && written !== '' && !flags.bool('no-headers')) io.out('\n');
    io.out(text);
    written += text;
  }
  const ignore = flags.bool('ignore-not-found');
  const errors = fetched
    .filter(({ error }) => error !== undefined && !(ignore && isNotFound(error)))
    .map(({ error }) => error);
  if (written === '' && errors.length === 0 && !ignore) reportNothing(queries, invocation);
  return errors;
}

function reportNothing(queries: readonly Query[], { flags, io, session }: Invocation): void {
  const inNamespace =
    !flags.bool('all-namespaces') && queries.every(({ mapping }) => mapping.namespaced);
  io.err(
    inNamespace
      ? `No resources found in ${session.namespace()} namespace.\n`
      : 'No resources found\n',
  );
}
