import {
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeObject } from '../../src/machinery/object.ts';
import {
  type ConformanceServer,
  NAMESPACE,
  startConformanceServer,
} from './support/conformance-server.ts';
import { SAMPLES } from './support/samples.data.ts';
import { collectionOf, discover, type Served, sampleOf } from './support/served.ts';

let server: ConformanceServer;
let config: KubeConfig;
let api: KubernetesObjectApi;
let served: Served[];

beforeAll(async () => {
  server = await startConformanceServer();
  config = new KubeConfig();
  config.loadFromFile(server.kubeconfig);
  api = KubernetesObjectApi.makeApiClient(config);
  served = await discover(server);
});

afterAll(() => server.close());

const samples = SAMPLES.map((sample) => [`${sample.apiVersion} ${sample.kind}`, sample] as const);

/** pathOf is the path of the collection of a sample. */
function pathOf(sample: KubeObject): string {
  const found = served.find((one) => !one.name.includes('/') && sampleOf(one) === sample);
  if (!found) throw new Error(`nothing serves ${sample.apiVersion} ${sample.kind}`);
  return collectionOf(found);
}

it.each(samples)('%s: create, read, list, watch, patch, replace, delete', async (_name, sample) => {
  const { apiVersion = '', kind = '' } = sample;
  const metadata = { name: sample.metadata.name ?? '' };
  const seen: string[] = [];
  const watching = await new Watch(config).watch(
    pathOf(sample),
    { fieldSelector: `metadata.name=${metadata.name}` },
    (type: string) => void seen.push(type),
    () => undefined,
  );
  const created = await api.create(structuredClone(sample) as unknown as KubernetesObject);
  expect(created.metadata?.uid).toBeTruthy();
  const { namespace } = created.metadata ?? {};
  const header = {
    apiVersion,
    kind,
    metadata: { name: metadata.name, ...(namespace && { namespace }) },
  };
  expect((await api.read(header)).metadata?.uid).toBe(created.metadata?.uid);
  const list = await api.list(apiVersion, kind, namespace);
  expect(list.items.map((one) => one.metadata?.name)).toContain(metadata.name);
  const patch = { ...header, metadata: { ...header.metadata, annotations: { by: 'client' } } };
  const patched = await api.patch(patch);
  expect(patched.metadata?.annotations?.by).toBe('client');
  const replaced = await api.replace(await api.read(header));
  expect(replaced.metadata?.uid).toBe(created.metadata?.uid);
  await api.delete(header, undefined, undefined, 0);
  // A finalizer may still hold what was deleted: then it was changed once more.
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(3);
  expect(seen[0]).toBe('ADDED');
  expect(seen[1]).toBe('MODIFIED');
  watching.abort();
});

it('watches', async () => {
  const seen: string[] = [];
  let done = () => {};
  const enough = new Promise<void>((resolve) => {
    done = resolve;
  });
  const request = await new Watch(config).watch(
    `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    { fieldSelector: 'metadata.name=watched' },
    (type: string) => {
      seen.push(type);
      if (seen.length === 2) done();
    },
    () => done(),
  );
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'watched', namespace: NAMESPACE },
  };
  await api.create(object);
  await api.delete(object);
  await enough;
  request.abort();
  expect(seen).toEqual(['ADDED', 'DELETED']);
});

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels: { by: 'informer' } },
  data,
});

it('follows objects with an informer', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const list = () =>
    core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'by=informer' });
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
  const informer = makeInformer(config, path, list, 'by=informer');
  const seen: string[] = [];
  for (const event of ['add', 'update', 'delete'] as const) {
    informer.on(event, ({ metadata }) => {
      seen.push(`${event} ${metadata?.name}`);
    });
  }
  informer.on('error', () => undefined);
  await api.create(configMap('before'));
  await informer.start();
  await api.create(configMap('followed'));
  await api.replace(configMap('followed', { a: 'b' }));
  await api.delete(configMap('followed'));
  await expect
    .poll(() => seen)
    .toEqual(['add before', 'add followed', 'update followed', 'delete followed']);
  await informer.stop();
  await api.delete(configMap('before'));
});

it('applies with managers that come into each other’s way', async () => {
  const apply = (manager: string, data: Record<string, string>) =>
    api.patch(
      configMap('applied', data),
      undefined,
      undefined,
      manager,
      false,
      PatchStrategy.ServerSideApply,
    );
  await apply('one', { a: '1' });
  await expect(apply('two', { a: '2' })).rejects.toMatchObject({
    code: 409,
    body: expect.stringContaining('Apply failed with 1 conflict: conflict with \\"one\\": .data.a'),
  });
  expect(await apply('two', { b: '2' })).toMatchObject({ data: { a: '1', b: '2' } });
  await api.delete(configMap('applied'));
});
