import { request } from 'node:https';
import { pathOf, pod } from './objects.ts';
import { ask, type Credentials, demand } from './target.ts';

/** LongRequest is one that works on many objects; `run` resolves when it is over. */
export interface LongRequest {
  readonly work: string;
  run(target: Credentials): Promise<unknown>;
}

/** Reading is what a request asks for, and when it has been read. */
interface Reading {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Reading ends after so many lines; default: with the answer. */
  readonly lines?: number;
  /** The code of the answer; default 200. */
  readonly code?: number;
}

/** readAll reads an answer and lets go of its bytes. */
function readAll(target: Credentials, reading: Reading): Promise<void> {
  const { port, caPem: ca, certPem: cert, keyPem: key } = target;
  const { path, headers = {}, lines = Number.POSITIVE_INFINITY, code = 200 } = reading;
  return new Promise((resolve, reject) => {
    const tls = { ca, cert, key, agent: false as const };
    const sent = request({ host: '127.0.0.1', port, path, headers, ...tls }, (response) => {
      let seen = 0;
      if (response.statusCode !== code) reject(new Error(`${path}: ${response.statusCode}`));
      response.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) seen += 1;
        if (seen < lines) return;
        resolve();
        sent.destroy();
      });
      response.once('end', resolve);
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}

const TABLE = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const METADATA = { Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };
const YAML = { Accept: 'application/yaml' };
const PROTOBUF = { Accept: 'application/vnd.kubernetes.protobuf' };
const OPENAPI = { Accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' };
const NODE = { 'Impersonate-User': 'system:node:bench', 'Impersonate-Group': 'system:nodes' };
const STREAM =
  'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

/** longReads are reads of everything that a server with so many ConfigMaps and Pods has. */
export function longReads(pods: number, namespace: string): readonly LongRequest[] {
  const all = pathOf('pods', undefined, namespace);
  const read = (work: string, reading: Reading): LongRequest => ({
    work,
    run: (target) => readAll(target, reading),
  });
  return [
    read('list of all ConfigMaps', { path: pathOf('configmaps') }),
    read('list of all Pods', { path: all }),
    read('list of all Pods by a label', { path: `${all}?labelSelector=app%3Dbench` }),
    read('list of all Pods by a field', { path: `${all}?fieldSelector=status.phase%3DRunning` }),
    read('list of all Pods, indented', { path: `${all}?pretty=true` }),
    read('list of all Pods as YAML', { path: all, headers: YAML }),
    read('list of all Pods as protobuf', { path: all, headers: PROTOBUF }),
    read('list of all Pods as a Table', { path: all, headers: TABLE }),
    read('metadata of all Pods', { path: all, headers: METADATA }),
    read('watch that begins with all Pods', { path: `${all}?watch=1`, lines: pods }),
    read('watch-list of all Pods', { path: `${all}?${STREAM}`, lines: pods + 1 }),
    read('watch of all Pods as a Table', {
      path: `${all}?watch=1`,
      headers: TABLE,
      lines: pods,
    }),
    read('OpenAPI v2 as JSON', { path: '/openapi/v2' }),
    read('OpenAPI v2 as protobuf', { path: '/openapi/v2', headers: OPENAPI }),
    read('OpenAPI v3 of core', { path: '/openapi/v3/api/v1' }),
    read('the index of OpenAPI v3', { path: '/openapi/v3' }),
    read('a Secret that a node asks for', {
      path: pathOf('secrets', 'none', namespace),
      headers: NODE,
      code: 403,
    }),
    {
      work: 'a Pod under quotas with scopes',
      run: (target) => createUnderQuota(target, namespace),
    },
  ];
}

async function createUnderQuota(target: Credentials, namespace: string): Promise<void> {
  const spec = { hard: { pods: '1000000' }, scopes: ['NotTerminating'] };
  const quotas = pathOf('resourcequotas', undefined, namespace);
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all' }, spec };
  await demand(target, { method: 'POST', path: quotas, body: quota });
  const path = pathOf('pods', undefined, namespace);
  await demand(target, { method: 'POST', path, body: pod('under-quota') });
  await ask(target, { method: 'DELETE', path: `${path}/under-quota?gracePeriodSeconds=0` });
  await demand(target, { method: 'DELETE', path: `${quotas}/all` });
}

const LOOK_MS = 100;

/** untilGone waits until a path answers 404, or a list there is empty. */
async function untilGone(target: Credentials, path: string): Promise<void> {
  for (;;) {
    const { status, text } = await ask(target, { method: 'GET', path });
    if (status === 404 || (status === 200 && text.includes('"items":[]'))) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** longDeletes delete all ConfigMaps of namespaces, in three ways. */
export function longDeletes(namespaces: {
  readonly collection: string;
  readonly owned: string;
  readonly namespace: string;
}): readonly LongRequest[] {
  const { collection, owned, namespace } = namespaces;
  return [
    {
      work: 'deletecollection of ConfigMaps',
      run: (target) =>
        demand(target, { method: 'DELETE', path: pathOf('configmaps', undefined, collection) }),
    },
    {
      work: 'garbage collection of ConfigMaps',
      async run(target) {
        await demand(target, { method: 'DELETE', path: pathOf('configmaps', 'owner', owned) });
        await untilGone(target, `${pathOf('configmaps', undefined, owned)}?limit=1`);
      },
    },
    {
      work: 'deletion of a namespace of ConfigMaps',
      async run(target) {
        const path = `/api/v1/namespaces/${namespace}`;
        await demand(target, { method: 'DELETE', path });
        await untilGone(target, path);
      },
    },
  ];
}
