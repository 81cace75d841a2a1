import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/client/transport.ts';
import type { KubeList, KubeObject } from '../../src/machinery/object.ts';
import { isNotFound, isStatusError } from '../../src/machinery/status-error.ts';
import { type ConformanceServer, startConformanceServer } from './support/conformance-server.ts';
import { SAMPLES } from './support/samples.data.ts';
import { collectionOf, discover, type Served, sampleOf } from './support/served.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const PARTIAL = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

let server: ConformanceServer;
let served: Served[];

beforeAll(async () => {
  server = await startConformanceServer();
  served = await discover(server);
});

afterAll(() => server.close());

/** send carries out one request and answers the object. */
async function send(request: ApiRequest): Promise<KubeObject> {
  const { body } = await server.transport.request(request);
  if (body.kind !== 'object') throw new Error(`${request.path} did not answer an object`);
  return body.object as KubeObject;
}

function query(values: Record<string, string>): URLSearchParams {
  return new URLSearchParams(values);
}

/** resourceOf finds what serves a sample; a kind that is missing fails the test. */
function resourceOf(sample: KubeObject): Served {
  const found = served.find(
    (one) => one.kind === sample.kind && sampleOf(one) === sample && !one.name.includes('/'),
  );
  if (!found) throw new Error(`nothing serves ${sample.apiVersion} ${sample.kind}`);
  return found;
}

/** watchFirst opens a watch and answers its first event. */
async function watchFirst(path: string, resourceVersion: string): Promise<{ type: string }> {
  const abort = new AbortController();
  const { body } = await server.transport.request({
    method: 'GET',
    path,
    query: query({ watch: 'true', resourceVersion, timeoutSeconds: '20' }),
    signal: abort.signal,
  });
  if (body.kind !== 'watch') throw new Error('not a watch');
  for await (const event of body.events) {
    abort.abort();
    return event;
  }
  throw new Error(`the watch of ${path} ended without an event`);
}

const samples = SAMPLES.map((sample) => [`${sample.apiVersion} ${sample.kind}`, sample] as const);

it.each(samples)('%s: every verb', async (_name, sample) => {
  const resource = resourceOf(sample);
  const collection = collectionOf(resource);
  const path = `${collection}/${sample.metadata.name}`;
  expect([...resource.verbs]).toEqual(
    expect.arrayContaining(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']),
  );

  const dry = await send({
    method: 'POST',
    path: collection,
    query: query({ dryRun: 'All' }),
    body: sample,
  });
  expect(dry.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  await expect(send({ method: 'GET', path })).rejects.toSatisfy(isNotFound);

  const before = (await send({ method: 'GET', path: collection })) as unknown as KubeList;
  const watching = watchFirst(collection, before.metadata.resourceVersion ?? '');
  const created = await send({ method: 'POST', path: collection, body: sample });
  expect(created).toMatchObject({ apiVersion: sample.apiVersion, kind: sample.kind });
  expect(await watching).toMatchObject({ type: 'ADDED' });
  await expect(send({ method: 'POST', path: collection, body: sample })).rejects.toSatisfy(
    (error) => isStatusError(error, 'AlreadyExists'),
  );

  const read = await send({ method: 'GET', path });
  expect(read.metadata.uid).toBe(created.metadata.uid);
  expect(read.metadata.managedFields?.length).toBeGreaterThan(0);
  const fields = query({ fieldSelector: `metadata.name=${sample.metadata.name}` });
  const list = (await send({
    method: 'GET',
    path: collection,
    query: fields,
  })) as unknown as KubeList;
  expect(list.items).toHaveLength(1);
  const labelled = query({ labelSelector: 'app=conformance' });
  const selected = await send({ method: 'GET', path: collection, query: labelled });
  expect((selected as unknown as KubeList).items.map((one) => one.metadata.name)).toContain(
    sample.metadata.name,
  );

  const table = await send({ method: 'GET', path, headers: { accept: TABLE } });
  expect(table).toMatchObject({ kind: 'Table', columnDefinitions: expect.any(Array) });
  const partial = await send({ method: 'GET', path: collection, headers: { accept: PARTIAL } });
  expect(partial.kind).toBe('PartialObjectMetadataList');

  const put = await send({ method: 'PUT', path, body: await send({ method: 'GET', path }) });
  expect(put.metadata.uid).toBe(created.metadata.uid);
  const stale = { ...put, metadata: { ...put.metadata, resourceVersion: '1' } };
  await expect(send({ method: 'PUT', path, body: stale })).rejects.toSatisfy((error) =>
    isStatusError(error, 'Conflict'),
  );

  await patches(path);
  const applied = await apply(path, sample);
  expect(applied.metadata.managedFields).toEqual(
    expect.arrayContaining([expect.objectContaining({ manager: 'conformance-apply' })]),
  );
  expect((await apply(path, sample)).metadata.resourceVersion).toBe(
    applied.metadata.resourceVersion,
  );

  await send({ method: 'DELETE', path, query: query({ dryRun: 'All' }) });
  await send({ method: 'DELETE', path, query: query({ gracePeriodSeconds: '0' }) });
});

async function patches(path: string): Promise<void> {
  const types = {
    'application/merge-patch+json': { metadata: { annotations: { merge: 'yes' } } },
    'application/strategic-merge-patch+json': { metadata: { annotations: { strategic: 'yes' } } },
    'application/json-patch+json': [
      { op: 'add', path: '/metadata/annotations/json', value: 'yes' },
    ],
  };
  for (const [type, body] of Object.entries(types)) {
    await send({ method: 'PATCH', path, headers: { 'content-type': type }, body });
  }
  const { annotations } = (await send({ method: 'GET', path })).metadata;
  expect(annotations).toMatchObject({ merge: 'yes', strategic: 'yes', json: 'yes' });
}

function apply(path: string, sample: KubeObject): Promise<KubeObject> {
  return send({
    method: 'PATCH',
    path,
    query: query({ fieldManager: 'conformance-apply', force: 'true' }),
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: sample,
  });
}

it.each(samples)('%s: deletecollection', async (_name, sample) => {
  const resource = resourceOf(sample);
  if (!resource.verbs.includes('deletecollection')) {
    expect(['Namespace', 'Service']).toContain(sample.kind);
    return;
  }
  const collection = collectionOf(resource);
  const labels = { doomed: 'true' };
  const metadata = { ...sample.metadata, labels };
  await send({ method: 'POST', path: collection, body: { ...sample, metadata } }).catch(
    (error: unknown) => {
      // A finalizer may still hold the object of the test before.
      if (!isStatusError(error, 'AlreadyExists')) throw error;
    },
  );
  await send({
    method: 'DELETE',
    path: collection,
    query: query({ labelSelector: 'doomed=true', gracePeriodSeconds: '0' }),
  });
  const left = await send({
    method: 'GET',
    path: collection,
    query: query({ labelSelector: 'doomed=true' }),
  });
  const holding = (left as unknown as KubeList).items.filter(
    (one) => one.metadata.deletionTimestamp === undefined,
  );
  expect(holding).toEqual([]);
});

it('serves each resource that is written whole with a sample', () => {
  const missing = served.filter(
    (one) =>
      !one.name.includes('/') &&
      one.verbs.includes('create') &&
      one.verbs.includes('update') &&
      !one.groupVersion.includes('openshift.io') &&
      !sampleOf(one),
  );
  expect(missing.map(({ groupVersion, name }) => `${groupVersion} ${name}`)).toEqual([]);
});
