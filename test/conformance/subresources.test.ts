import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/client/transport.ts';
import type { KubeObject } from '../../src/machinery/object.ts';
import { StatusError } from '../../src/machinery/status-error.ts';
import {
  type ConformanceServer,
  NAMESPACE,
  startConformanceServer,
} from './support/conformance-server.ts';
import { REVIEWS } from './support/hostile-samples.data.ts';
import { SAMPLES } from './support/samples.data.ts';
import { collectionOf, discover, pathOfVersion, type Served, sampleOf } from './support/served.ts';

interface Catalogue {
  readonly resources: Readonly<Record<string, { readonly verbs: readonly string[] }>>;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind are looked into.
type Answered = any;

let server: ConformanceServer;
let served: Served[];

beforeAll(async () => {
  server = await startConformanceServer();
  served = (await discover(server)).filter((one) => !one.groupVersion.includes('openshift.io'));
  for (const sample of SAMPLES) {
    const resource = served.find((one) => !one.name.includes('/') && sampleOf(one) === sample);
    if (!resource) continue;
    await server.transport.request({
      method: 'POST',
      path: collectionOf(resource),
      body: sample,
    });
  }
});
afterAll(() => server.close());

async function send(request: ApiRequest): Promise<Answered> {
  const { body } = await server.transport.request(request);
  if (body.kind !== 'object') throw new Error(`${request.path} did not answer an object`);
  return body.object;
}

const MERGE = { 'content-type': 'application/merge-patch+json' };
const patch = (path: string, body: object) => send({ method: 'PATCH', path, headers: MERGE, body });
const post = (path: string, body: object) => send({ method: 'POST', path, body });
const place = `/api/v1/namespaces/${NAMESPACE}`;

/** codeOf answers the status code of a request that may fail. */
async function codeOf(request: ApiRequest): Promise<number> {
  try {
    return (await server.transport.request(request)).status;
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
}

/** pathOf is the subresource of the sample of its resource. */
function pathOf(subresource: Served): string {
  const [name = '', part] = subresource.name.split('/');
  const parent = served.find(
    (one) => one.groupVersion === subresource.groupVersion && one.name === name,
  );
  const sample = parent && sampleOf(parent);
  if (!sample) throw new Error(`no sample of ${subresource.groupVersion} ${name}`);
  return `${collectionOf(parent)}/${sample.metadata.name}/${part}`;
}

/** What is stable in releases after the one that is served. */
const NEWER = 'v1/mutatingadmissionpolic';

/** Each drives all verbs of one kind of subresource. */
type Drive = (path: string) => Promise<void>;

/** status is written by itself: nothing else of the object changes. */
const status: Drive = async (path) => {
  const before = await send({ method: 'GET', path });
  const body = { ...before, ...(before.spec && { spec: {} }) };
  const put = await send({ method: 'PUT', path, body });
  expect(put.spec).toEqual(before.spec);
  const patched = await patch(path, { metadata: { labels: before.metadata.labels } });
  expect(patched.spec).toEqual(before.spec);
  expect(patched.metadata.uid).toBe(before.metadata.uid);
  expect(patched.metadata.generation).toBe(before.metadata.generation);
};

const scale: Drive = async (path) => {
  const read = await send({ method: 'GET', path });
  expect(read).toMatchObject({ apiVersion: 'autoscaling/v1', kind: 'Scale' });
  const body = { ...read, spec: { replicas: 7 } };
  expect(await send({ method: 'PUT', path, body })).toMatchObject({ spec: { replicas: 7 } });
  expect((await patch(path, { spec: { replicas: 3 } })).spec).toEqual({ replicas: 3 });
  const owner = await send({ method: 'GET', path: path.replace(/\/scale$/, '') });
  expect(owner.spec.replicas).toBe(3);
};

/** Streams lead to a node, which is not here: each verb is carried out as far as that. */
const stream =
  (refusals: readonly number[], ...methods: ApiRequest['method'][]): Drive =>
  async (path) => {
    for (const method of methods) {
      const code = await codeOf({ method, path, query: new URLSearchParams('command=x') });
      expect([method, refusals]).toEqual([method, expect.arrayContaining([code])]);
    }
  };

const proxy = stream([400, 503], 'GET', 'POST', 'PUT', 'PATCH', 'DELETE');

const part: Drive = async (path) => {
  const { spec } = await send({ method: 'GET', path });
  const body = await send({ method: 'GET', path });
  expect((await send({ method: 'PUT', path, body })).spec).toEqual(spec);
  expect((await patch(path, { metadata: { labels: { no: 'no' } } })).metadata.labels).toEqual(
    body.metadata.labels,
  );
};

/** makePod makes a pod that a subresource may use up. */
async function makePod(name: string): Promise<KubeObject> {
  const spec = {
    containers: [{ name: 'c', image: 'i' }],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
  };
  return post(`${place}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
}

const binding = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name },
  target: { kind: 'Node', name: 'one' },
});

const DRIVES: Readonly<Record<string, Drive>> = {
  'namespaces/finalize': async () => {
    const path = '/api/v1/namespaces/finalized';
    await post('/api/v1/namespaces', { metadata: { name: 'finalized' } });
    const found = await send({ method: 'GET', path });
    expect(found.spec.finalizers).toEqual(['kubernetes']);
    const body = { ...found, spec: { finalizers: [] } };
    await send({ method: 'PUT', path: `${path}/finalize`, body });
    expect((await send({ method: 'GET', path })).spec.finalizers).toBeUndefined();
  },
  'nodes/proxy': proxy,
  'pods/proxy': proxy,
  // Upstream says so where a service has no endpoints at all.
  'services/proxy': stream([404, 503], 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  'pods/attach': stream([400], 'GET', 'POST'),
  'pods/exec': stream([400], 'GET', 'POST'),
  'pods/portforward': stream([400], 'GET', 'POST'),
  // Upstream answers nothing for a pod without a node, and no failure.
  'pods/log': async (path) => expect(await codeOf({ method: 'GET', path })).toBe(204),
  'pods/binding': async () => {
    await makePod('bound');
    await post(`${place}/pods/bound/binding`, binding('bound'));
    const { spec } = await send({ method: 'GET', path: `${place}/pods/bound` });
    expect(spec.nodeName).toBe('one');
  },
  bindings: async () => {
    await makePod('bound-too');
    await post(`${place}/bindings`, binding('bound-too'));
    const { spec } = await send({ method: 'GET', path: `${place}/pods/bound-too` });
    expect(spec.nodeName).toBe('one');
  },
  'pods/eviction': async () => {
    await makePod('evicted');
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } };
    await post(`${place}/pods/evicted/eviction`, eviction);
    expect(await codeOf({ method: 'GET', path: `${place}/pods/evicted` })).toBe(404);
  },
  'pods/ephemeralcontainers': async (path) => {
    await part(path);
    const spec = { ephemeralContainers: [{ name: 'debug', image: 'i' }] };
    expect((await patch(path, { spec })).spec.ephemeralContainers).toHaveLength(1);
  },
  'pods/resize': part,
  'serviceaccounts/token': async (path) => {
    const { status: given } = await post(path, { spec: { expirationSeconds: 3600 } });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };
    const spec = { token: given.token };
    const { status: found } = await post('/apis/authentication.k8s.io/v1/tokenreviews', {
      ...review,
      spec,
    });
    expect(found).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${NAMESPACE}:sample` },
    });
  },
  'certificatesigningrequests/approval': async (path) => {
    const found = await send({ method: 'GET', path });
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Test' }];
    const body = { ...found, status: { conditions } };
    const put = await send({ method: 'PUT', path, body });
    expect(put.status.conditions).toMatchObject(conditions);
    const patched = await patch(path, { metadata: { labels: found.metadata.labels } });
    expect(patched.status.conditions).toEqual(put.status.conditions);
  },
};

/** driveOf finds what drives a subresource; undefined: nothing does. */
function driveOf({ name }: Served): Drive | undefined {
  if (DRIVES[name]) return DRIVES[name];
  if (name.endsWith('/status')) return status;
  return name.endsWith('/scale') ? scale : undefined;
}

describe('the API', () => {
  it('has every resource of the stable groups with every verb', async () => {
    const file = new URL('../../src/apis/catalogue/kubernetes.json', import.meta.url);
    const { resources } = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
    const stable = Object.entries(resources).filter(
      ([key]) => /(^|\/)v\d+\//.test(key) && !key.includes(NEWER),
    );
    expect(stable.length).toBeGreaterThan(100);
    const missing = stable.flatMap(([key, { verbs }]) => {
      const [, groupVersion, name] = /^(.*?v\d+)\/(.*)$/.exec(key) ?? [];
      const found = served.find((one) => one.groupVersion === groupVersion && one.name === name);
      // Discovery says which methods open a connection.
      const shown = verbs.flatMap((verb) => (verb === 'connect' ? ['create', 'get'] : [verb]));
      return shown.filter((verb) => !found?.verbs.includes(verb)).map((verb) => `${verb} ${key}`);
    });
    expect(missing).toEqual([]);
  });

  it('has no subresource that is not driven here', () => {
    const parts = served.filter((one) => one.name.includes('/') && !driveOf(one));
    expect(parts.map(({ name }) => name)).toEqual([]);
    const driven = served.filter((one) => one.name in DRIVES).map(({ name }) => name);
    expect(driven.sort()).toEqual(Object.keys(DRIVES).sort());
  });

  it('carries out each verb of each subresource', async () => {
    const driven: string[] = [];
    for (const one of served) {
      const drive = driveOf(one);
      if (!drive) continue;
      const path = one.name.includes('/') ? pathOf(one) : '';
      await drive(path).catch((error: unknown) => {
        throw new Error(`${one.groupVersion} ${one.name}`, { cause: error });
      });
      driven.push(one.name);
    }
    expect(driven.length).toBeGreaterThan(40);
  });

  it('answers each kind of review', async () => {
    const asked = served.filter((one) => one.verbs.join() === 'create' && !driveOf(one));
    expect(asked.map(({ kind }) => kind).sort()).toEqual(REVIEWS.map(({ kind }) => kind).sort());
    for (const review of REVIEWS) {
      const resource = asked.find((one) => one.kind === review.kind);
      if (!resource) throw new Error(`nothing answers ${review.kind}`);
      const answer = await post(collectionOf(resource), review);
      expect(answer).toMatchObject({ kind: review.kind, status: expect.anything() });
    }
  });

  it('lists what can only be read', async () => {
    const read = served.filter((one) => one.verbs.join() === 'get,list');
    expect(read.map(({ name }) => name)).toEqual(['componentstatuses']);
    const path = `${pathOfVersion('v1')}/componentstatuses`;
    const { items } = await send({ method: 'GET', path });
    expect(items.length).toBeGreaterThan(0);
    const [first] = items;
    expect(await send({ method: 'GET', path: `${path}/${first.metadata.name}` })).toMatchObject({
      kind: 'ComponentStatus',
    });
  });
});
