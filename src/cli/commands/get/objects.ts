import type { KubeObject } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import type { Invocation } from '../../command.ts';
import type { ObjectPrinter } from '../../print/object-printer.ts';
import { type Queries, type Query, requestOf } from './requests.ts';

interface Answer {
  readonly objects: KubeObject[];
  /** The list as the server sent it. */
  readonly list?: KubeObject;
}

async function fetchObjects(query: Query, invocation: Invocation): Promise<Answer> {
  const transport = await invocation.session.transport();
  const chunk = query.name === undefined ? invocation.flags.int('chunk-size') : 0;
  const more: Record<string, string> = chunk > 0 ? { limit: String(chunk) } : {};
  const objects: KubeObject[] = [];
  for (;;) {
    const { body } = await transport.request(requestOf(query, invocation, more));
    const answer = (body.kind === 'object' ? body.object : {}) as KubeObject & {
      items?: KubeObject[] | null;
      metadata: { continue?: string };
    };
    if (!('items' in answer)) return { objects: [answer] };
    const kind = answer.kind.replace(/List$/, '');
    for (const item of answer.items ?? [])
      objects.push({ ...item, apiVersion: answer.apiVersion, kind });
    if (!answer.metadata.continue) return { objects };
    more.continue = answer.metadata.continue;
  }
}

/** printObjects gets everything and prints it by one printer, and answers the failures. */
export async function printObjects(
  { queries, single }: Queries,
  invocation: Invocation,
  print: ObjectPrinter,
): Promise<unknown[]> {
  const { flags, io } = invocation;
  const errors: unknown[] = [];
  const objects: KubeObject[] = [];
  for (const query of queries)
    try {
      objects.push(...(await fetchObjects(query, invocation)).objects);
    } catch (error) {
      if (!(flags.bool('ignore-not-found') && isNotFound(error))) errors.push(error);
    }
  if (single && objects.length === 0) return errors;
  if (objects.length === 0 && flags.bool('ignore-not-found') && errors.length === 0) {
    if (queries.every(({ name }) => name !== undefined)) return errors;
  }
  const [first] = objects;
  if (single && first) {
    io.out(print(first));
    return errors;
  }
  const sortBy = flags.string('sort-by');
  const items = sortBy
    ? (await import('./sort.ts')).sortObjects(objects, sortBy, (object) => object)
    : objects;
  const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items };
  io.out(print(list as KubeObject));
  return errors;
}
