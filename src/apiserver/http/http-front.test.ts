import { request as httpsRequest, type RequestOptions } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const definitions: ResourceDefinition[] = [
  { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap', shortNames: ['cm'] },
  { type: NAMESPACES, definition: 'io.k8s.api.core.v1.Namespace' },
  {
    type: SERVICE_ACCOUNTS,
    definition: 'io.k8s.api.core.v1.ServiceAccount',
    deprecation: 'v1 ServiceAccount is deprecated',
  },
  {
    type: PODS,
    definition: 'io.k8s.api.core.v1.Pod',
    subresources: {
      exec: {
        kind: 'connect',
        methods: ['GET', 'POST'],
        outputKind: 'PodExecOptions',
        async connect({ upgrade }) {
          const head =
            'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1';
          upgrade?.socket.end(`${head}\r\n\r\nhello`);
          return undefined;
        },
      },
    },
  },
];

let api: TestApiServer;
let open: TestListener;

const send = (path: string, options?: RequestOptions, body?: string | Buffer) =>
  sendTo(open, path, options, body);

const COLLECTION = '/api/v1/namespaces/ns/configmaps';
const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  send(COLLECTION, { method: 'POST', headers }, body);

/** remove sends the options of a delete; Node tells the length of a body of other methods only. */
const remove = (path: string, body: string) =>
  send(path, { method: 'DELETE', headers: { 'content-length': body.length } }, body);

beforeEach(async () => {
  api = await startTestApiServer(definitions, {
    authenticate: {
      authenticate: ({ headers }) =>
        headers.authorization === 'Bearer wrong'
          ? undefined
          : { name: 'root', groups: ['all', 'system:authenticated'] },
    },
    authorize: {
      authorize: ({ user, verb }) =>
        verb === 'impersonate'
          ? { allowed: true }
          : { allowed: user.groups.includes('all'), reason: '' },
    },
  });
  open = await listenForTest(api.server);
  await api.clientFor({ name: 'root', groups: ['all'] }).create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'ns' },
  });
});

afterEach(() => api.close());

describe('HTTP', () => {
  it('answers 401 to wrong credentials', async () => {
    const answer = await send('/version', { headers: { authorization: 'Bearer wrong' } });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ reason: 'Unauthorized', code: 401 });
  });

  it('carries out requests as the impersonated user', async () => {
    const headers = { 'impersonate-user': 'alice' };
    const answer = await send('/api/v1/namespaces/p2/pods', { headers });
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 403,
      message:
        'pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "p2"',
    });
    const cluster = await send('/api/v1/namespaces', { headers });
    expect(JSON.parse(cluster.text).message).toBe(
      'namespaces is forbidden: User "alice" cannot list resource "namespaces" in API group "" at the cluster scope',
    );
    const path = await send('/version', { headers });
    expect(JSON.parse(path.text).message).toBe(
      'forbidden: User "alice" cannot get path "/version"',
    );
  });

  it('answers the characters that were sent, in the length that it says', async () => {
    for (const size of [1, 9000]) {
      const text = 'é€😀\u0000'.repeat(size);
      const made = await post(JSON.stringify({ metadata: { name: `a-${size}` }, data: { text } }));
      expect(made.status).toBe(201);
      const read = await send(`${COLLECTION}/a-${size}`);
      expect(JSON.parse(read.text).data.text).toBe(text);
      expect(Number(read.headers['content-length'])).toBe(Buffer.byteLength(read.text));
    }
  });

  it('takes YAML and gives YAML', async () => {
    const made = await post('metadata:\n  name: a\ndata:\n  k: v\n', {
      'content-type': 'application/yaml',
      accept: 'application/yaml',
    });
    expect(made.status).toBe(201);
    expect(made.headers['content-type']).toBe('application/yaml');
    expect(made.text).toMatch(/^apiVersion: v1\ndata:\n {2}k: v\nkind: ConfigMap\n/);
  });

  it('reads and writes protocol buffers', async () => {
    const protobuf = 'application/vnd.kubernetes.protobuf';
    const name = Buffer.from('0a0161', 'hex');
    const object = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
    const body = Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x12, object.length]), object]);
    const made = await post(body, { 'content-type': protobuf });
    expect(JSON.parse(made.text)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' } });
    const broken = await post('k8s', { 'content-type': protobuf });
    expect(JSON.parse(broken.text)).toMatchObject({ code: 400, reason: 'BadRequest' });
    const nothing = await post('', { 'content-type': protobuf });
    expect(JSON.parse(nothing.text).message).toBe(
      'the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)',
    );
    const accept = `${protobuf},application/json`;
    const read = await send(COLLECTION, { headers: { accept } });
    expect(read.headers['content-type']).toBe(protobuf);
    expect(read.text).toMatch(/^k8s\0.*ConfigMapList/s);
    const absent = await send(`${COLLECTION}/absent`, { headers: { accept } });
    expect(absent.headers['content-type']).toBe(protobuf);
    expect(absent.text).toMatch(/^k8s\0.*Status.*configmaps "absent" not found/s);
    const table = { accept: `${protobuf};as=Table;g=meta.k8s.io;v=v1` };
    expect((await send(COLLECTION, { headers: table })).status).toBe(406);
    expect((await post('x', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('warns of unknown and repeated fields', async () => {
    const made = await post('{"metadata":{"name":"a"},"foo":1,"data":{"x":"1","x":"2"}}');
    expect(made.status).toBe(201);
    expect(made.headers.warning).toBe(
      '299 - "unknown field \\"foo\\"", 299 - "duplicate field \\"data.x\\""',
    );
  });

  it('warns with a failure, too', async () => {
    const refused = await post('{"metadata":{"name":"NO"},"nope":1}');
    expect(refused.status).toBe(422);
    expect(refused.headers.warning).toBe('299 - "unknown field \\"nope\\""');
    const absent = await send('/api/v1/namespaces/ns/serviceaccounts/none');
    expect(absent.status).toBe(404);
    expect(absent.headers.warning).toBe('299 - "v1 ServiceAccount is deprecated"');
  });

  it('refuses bodies over 3 MiB and objects over 1.5 MiB', async () => {
    const body = (bytes: number) =>
      JSON.stringify({ metadata: { name: 'a' }, data: { k: 'x'.repeat(bytes) } });
    const large = await post(body(4 * 1024 * 1024));
    expect(JSON.parse(large.text)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
    const stored = await post(body(2 * 1024 * 1024));
    expect(JSON.parse(stored.text)).toMatchObject({ code: 413 });
  });

  it('names what is wrong with broken JSON', async () => {
    const answer = await post('{"metadata": nope}');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(JSON.parse(answer.text).message).toContain(
      "couldn't get version/kind; json parse error",
    );
  });

  it.each([
    ['{"kind":"Pod"}', 'no kind "Pod" is registered for version "v1" in scheme'],
    ['{"kind":1}', 'cannot unmarshal number into Go struct field .kind of type string'],
    ['{"dryRun":"All"}', 'cannot unmarshal string into Go struct field DeleteOptions.dryRun of'],
    ['{', "couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('refuses the options %s of a delete', async (body, text) => {
    await post('{"metadata":{"name":"a"}}');
    const refused = await remove(`${COLLECTION}/a`, body);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).message).toContain(text);
    expect((await send(`${COLLECTION}/a`)).status).toBe(200);
  });

  it('reads the options of a delete from the query only where there is no body', async () => {
    await post('{"metadata":{"name":"a"}}');
    const path = `${COLLECTION}/a?uid=other`;
    const refused = await send(path, { method: 'DELETE' });
    expect(refused.status).toBe(409);
    expect(JSON.parse(refused.text).message).toContain('the UID in the precondition (other) does');
    expect((await remove(path, '{}')).status).toBe(200);
  });

  it('prints Tables', async () => {
    await post('{"metadata":{"name":"a"}}');
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const answer = await send(COLLECTION, { headers: { accept } });
    const table = JSON.parse(answer.text);
    expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(table.columnDefinitions.map((one: { name: string }) => one.name)).toEqual([
      'Name',
      'Created At',
    ]);
    expect(table.rows[0].cells[0]).toBe('a');
    expect(table.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata' });
  });

  it('serves aggregated discovery with an ETag', async () => {
    const accept =
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const first = await send('/api', { headers: { accept } });
    const list = JSON.parse(first.text);
    expect(
      list.items[0].versions[0].resources.map((one: { resource: string }) => one.resource),
    ).toEqual(['configmaps', 'namespaces', 'pods', 'serviceaccounts']);
    expect(first.headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    const again = await send('/api', {
      headers: { accept, 'if-none-match': String(first.headers.etag) },
    });
    expect(again.status).toBe(304);
  });

  it('serves the discovery of older clients', async () => {
    const list = JSON.parse((await send('/api/v1')).text);
    const exec = list.resources.find((one: { name: string }) => one.name === 'pods/exec');
    expect(exec).toEqual({
      name: 'pods/exec',
      singularName: '',
      namespaced: true,
      kind: 'PodExecOptions',
      verbs: ['create', 'get'],
    });
  });

  it('lets a subresource take over the connection', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
    const path = '/api/v1/namespaces/ns/pods/web/exec?command=sh';
    const answer = await send(path, { method: 'POST', headers });
    expect(answer).toMatchObject({ status: 101, text: 'hello' });
  });

  it('answers an upgrade that is refused with a Status', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'impersonate-user': 'alice' };
    const path = '/api/v1/namespaces/ns/pods/web/exec?command=sh';
    const answer = await send(path, { method: 'POST', headers });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text).message).toBe(
      'pods "web" is forbidden: User "alice" cannot create resource "pods/exec" in API group "" in the namespace "ns"',
    );
  });

  it('serves a request that asks for an upgrade to h2c as an ordinary one', async () => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' };
    expect((await send('/healthz', { headers })).text).toBe('ok');
  });

  it('ends the watch of a client that goes away', async () => {
    const received = await new Promise<string>((resolve, reject) => {
      const request = httpsRequest(
        new URL(`${COLLECTION}?watch=1`, open.url),
        { ca: open.caPem, agent: false },
        (response) => {
          response.once('data', (chunk: Buffer) => {
            request.destroy();
            resolve(chunk.toString('utf8'));
          });
        },
      );
      request.once('error', reject);
      request.end();
      setTimeout(() => void post('{"metadata":{"name":"late"}}'), 50);
    });
    expect(JSON.parse(received)).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: 'late' } },
    });
    await expect.poll(() => api.server.watchCount()).toBe(0);
  });

  it('indents for people, errors too, with the fields in the order of Go', async () => {
    const agent = { 'user-agent': 'curl/8.0' };
    await post(JSON.stringify({ data: { b: '2', a: '1' }, metadata: { name: 'p' } }));
    const seen = await send(`${COLLECTION}/p`, { headers: agent });
    expect(seen.text).toMatch(
      /^\{\n {2}"kind": "ConfigMap",\n {2}"apiVersion": "v1",\n {2}"metadata": \{\n {4}"name": "p",\n {4}"namespace": /,
    );
    expect(seen.text).toMatch(/"data": \{\n {4}"a": "1",\n {4}"b": "2"\n {2}\}\n\}$/);
    const failed = await send(`${COLLECTION}/q`, { headers: agent });
    expect(Object.keys(JSON.parse(failed.text))).toEqual([
      'kind',
      'apiVersion',
      'metadata',
      'status',
      'message',
      'reason',
      'details',
      'code',
    ]);
    expect(failed.text).toContain('{\n  "kind": "Status",\n');
    const plain = await send(`${COLLECTION}/q?pretty=0`, { headers: agent });
    expect(plain.text).toMatch(/^\{"kind":"Status",.*\}\n$/);
    const yaml = await send(`${COLLECTION}/q`, { headers: { accept: 'application/yaml' } });
    expect(yaml.text).toMatch(/^apiVersion: v1\ncode: 404\ndetails:\n {2}kind: configmaps\n/);
    const groups = await send('/apis', { headers: agent });
    expect(groups.text).toContain('{\n  "kind": "APIGroupList",\n');
  });

  it('sends a long list that is indented while it writes it', async () => {
    for (const name of ['a', 'b', 'c']) {
      const data = { text: 'x'.repeat(300_000) };
      await post(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }));
    }
    const plain = await send(COLLECTION);
    const { text, headers } = await send(`${COLLECTION}?pretty=true`);
    expect(headers).not.toHaveProperty('content-length');
    expect(text).toBe(JSON.stringify(JSON.parse(plain.text), undefined, 2));
  });
});
