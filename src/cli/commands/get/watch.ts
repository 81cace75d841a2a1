import { resourcePath } from '../../../client/resource-path.ts';
import type { KubeObject, WatchEvent } from '../../../machinery/object.ts';
import { StatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { ObjectPrinter } from '../../print/object-printer.ts';
import { isTable, TablePrinter } from '../../print/table.ts';
import { type Queries, type Query, requestOf, TABLE_ACCEPT } from './requests.ts';
import { plainTable, tableOptionsOf } from './tables.ts';

/** Show prints one answer of the server: a table, a list or an object; `event` is its type. */
type Show = (answer: unknown, event: string) => void;

function newShow(query: Query, invocation: Invocation, print: ObjectPrinter | undefined): Show {
  const { io, flags } = invocation;
  const withEvents = flags.bool('output-watch-events');
  if (!print) {
    const printer = new TablePrinter();
    const options = tableOptionsOf(invocation, query.mapping, false);
    return (answer, event) => {
      const table = isTable(answer) ? answer : plainTable(answer as KubeObject, io.now());
      io.out(printer.format(table, options, withEvents ? event : undefined));
    };
  }
  return (answer, event) => {
    const { items } = answer as { items?: KubeObject[] };
    for (const object of items ?? [answer as KubeObject])
      io.out(print(withEvents ? ({ type: event, object } as unknown as KubeObject) : object));
  };
}

function watchRequest(query: Query, invocation: Invocation, resourceVersion: string) {
  const more = { watch: 'true', resourceVersion };
  if (query.name === undefined) return requestOf(query, invocation, more);
  const parameters = new URLSearchParams({ ...more, fieldSelector: `metadata.name=${query.name}` });
  const path = resourcePath(query.mapping, { namespace: query.namespace });
  return { method: 'GET', path, query: parameters } as const;
}

function raise(event: WatchEvent): never {
  const status = event.object as unknown as ConstructorParameters<typeof StatusError>[0];
  throw new StatusError(status);
}

/** watchObjects prints what is there and then every change, until it is interrupted. */
export async function watchObjects(
  { queries }: Queries,
  invocation: Invocation,
  print: ObjectPrinter | undefined,
): Promise<void> {
  const [query, ...others] = queries;
  if (!query || others.length > 0)
    throw new CliError('you may only specify a single resource type');
  const { session, flags, io } = invocation;
  const transport = await session.transport();
  const headers = { accept: print ? 'application/json' : TABLE_ACCEPT };
  const show = newShow(query, invocation, print);
  const { body } = await transport.request({ ...requestOf(query, invocation), headers });
  const first = body.kind === 'object' ? (body.object as KubeObject) : undefined;
  if (!flags.bool('watch-only')) show(first, 'ADDED');
  const rows = isTable(first) ? first.rows : [];
  const resourceVersion =
    first?.metadata?.resourceVersion ?? rows[0]?.object?.metadata.resourceVersion ?? '0';
  const { signal } = io;
  const { timeoutMs } = await session.connection();
  let isOpen = false;
  try {
    const watch = await transport.request({
      ...watchRequest(query, invocation, resourceVersion),
      headers,
      signal,
    });
    if (watch.body.kind !== 'watch') return;
    isOpen = true;
    for await (const event of watch.body.events) {
      if (event.type === 'ERROR') raise(event);
      if (event.type !== 'BOOKMARK') show(event.object, event.type);
    }
  } catch (error) {
    const isTimeUp = isOpen && timeoutMs > 0 && !(error instanceof StatusError);
    if (!signal.aborted && !isTimeUp) throw error;
  }
}
