import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeObject } from '../../src/machinery/object.ts';
import { type ConformanceServer, startConformanceServer } from './support/conformance-server.ts';
import { SAMPLES } from './support/samples.data.ts';
import { collectionOf, discover, type Served, sampleOf } from './support/served.ts';
import { TABLES } from './support/tables.data.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly priority: number;
}

interface Table {
  readonly columnDefinitions: readonly Column[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

const AS_TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
let server: ConformanceServer;
let served: readonly Served[];

beforeAll(async () => {
  server = await startConformanceServer();
  served = await discover(server);
});
afterAll(() => server.close());

function shown({ name, type, format, priority }: Column): string {
  const usual = name === 'Name' ? 'name' : '';
  return `${priority > 0 ? '+' : ''}${name}${type === 'string' ? '' : `:${type}`}${format === usual ? '' : `/${format}`}`;
}

const keyOf = ({ apiVersion, kind }: KubeObject) => `${apiVersion} ${kind}`;
const ours = SAMPLES.filter(({ apiVersion = '' }) => !apiVersion.includes('openshift.io/'));

it.each(ours.map((sample) => [keyOf(sample), sample] as const))('%s', async (key, sample) => {
  const resource = served.find((one) => sampleOf(one) === sample && !one.name.includes('/'));
  if (!resource) throw new Error(`nothing serves ${key}`);
  const collection = collectionOf(resource);
  const path = `${collection}/${sample.metadata.name}`;
  await server.transport.request({ method: 'POST', path: collection, body: sample });
  const { body } = await server.transport.request({ method: 'GET', path, headers: AS_TABLE });
  await server.transport.request({ method: 'DELETE', path });
  if (body.kind !== 'object') throw new Error('not a Table');
  const { columnDefinitions, rows } = body.object as unknown as Table;
  const expected = TABLES[key];
  const cells = rows[0]?.cells.map((cell, at) => (expected?.cells[at] === null ? null : cell));
  expect({ columns: columnDefinitions.map(shown).join(', '), cells }).toEqual(expected);
});
