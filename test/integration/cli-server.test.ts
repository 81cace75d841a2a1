import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../src/apis/resource-types.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../src/apiserver/testing/test-api-server.ts';
import { listenForTest } from '../../src/apiserver/testing/test-listener.ts';
import { COMMAND_SECTIONS } from '../../src/cli/command-table.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/main.ts';
import { buildDefinitions } from '../../src/resources/openshift/build/index.ts';
import { deploymentConfigDefinitions } from '../../src/resources/openshift/deployment-config/index.ts';
import { projectDefinitions } from '../../src/resources/openshift/project/index.ts';
import { routeDefinitions } from '../../src/resources/openshift/route/index.ts';
import { tokenKubeconfig } from './support/kubeconfigs.ts';
import { testDefinitions } from './support/test-definitions.ts';

const git = promisify(execFile);
let server: TestApiServer;
let folder: string;
let url: string;
let namespace = 0;

async function startServer(): Promise<void> {
  server = await startTestApiServer((deps) => [
    ...testDefinitions(deps),
    ...projectDefinitions({ client: deps.client, maySee: async () => true }),
    ...deploymentConfigDefinitions({ client: deps.client }),
    ...buildDefinitions({ client: deps.client }),
    ...routeDefinitions({}),
  ]);
  const open = await listenForTest(server.server);
  url = open.url;
  await writeFile(join(folder, 'config'), tokenKubeconfig(url, open.caPem));
}

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** cli runs a command line in this process, as `oc` and against the test's server. */
async function cli(
  line: string | readonly string[],
  input = '',
  signal = new AbortController().signal,
  seen: (text: string) => void = () => undefined,
): Promise<Result> {
  let out = '';
  let err = '';
  const write = (text: string) => {
    out += text;
    seen(text);
  };
  const stdout = new PassThrough();
  stdout.on('data', (chunk: Buffer) => {
    write(chunk.toString('utf8'));
  });
  const io: Io = {
    program: 'oc',
    env: { KUBECONFIG: join(folder, 'config'), HOME: folder },
    cwd: folder,
    stdin: Readable.from([Buffer.from(input)]),
    stdout,
    out: write,
    err: (text) => {
      err += text;
    },
    inputIsTerminal: false,
    outputIsTerminal: false,
    signal,
    now: () => new Date(),
  };
  const argv = typeof line === 'string' ? line.split(' ') : line;
  const code = await runCli(argv, io, COMMAND_SECTIONS);
  return { code, out, err };
}

const ok = async (line: string | readonly string[], input?: string) => {
  const { code, out, err } = await cli(line, input);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - {name: c, image: example.com/web:1.0}
`;

describe('the command line against a server', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sampan-cli-'));
    await startServer();
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    namespace += 1;
    const name = `ns${namespace}`;
    await server.client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
    await server.client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    });
    await ok(`config set-context --current --namespace=${name}`);
  });

  it('makes a project the current one and remembers it', async () => {
    const out = await ok('new-project mine --display-name=Mine');
    expect(out).toContain('Now using project "mine" on server "https://127.0.0.1:');
    expect(await ok('project')).toContain('Using project "mine" on server');
    expect((await cli('get pods')).err).toBe('No resources found in mine namespace.\n');
    expect(await cli('new-project mine')).toEqual({
      code: 1,
      out: '',
      err: 'Error from server (AlreadyExists): project.project.openshift.io "mine" already exists\n',
    });
  });

  it('creates from standard input, shows in every format and deletes', async () => {
    expect(await ok('create -f -', POD)).toBe('pod/web created\n');
    expect(await ok('get pods')).toMatch(
      /^NAME {3}READY {3}STATUS {4}RESTARTS {3}AGE\nweb {4}0\/1 {5}Pending {3}0 {10}\d+s\n$/,
    );
    expect(await ok('get pod web -o name')).toBe('pod/web\n');
    expect(await ok('get po -o jsonpath={.items[*].spec.containers[0].image}')).toBe(
      'example.com/web:1.0',
    );
    expect(await ok('get pods -o custom-columns=N:.metadata.name,X:.nope')).toBe(
      'N     X\nweb   <none>\n',
    );
    expect(await ok('get pod web -o yaml')).toContain('\n  name: web\n');
    expect(JSON.parse(await ok('get pods -o json')).items).toHaveLength(1);
    expect(await ok('delete pod web --now')).toBe('pod "web" deleted\n');
    expect(await cli('get pod web')).toEqual({
      code: 1,
      out: '',
      err: 'Error from server (NotFound): pods "web" not found\n',
    });
  });

  it('separates resources and prefixes kinds when several are asked for', async () => {
    await ok('create -f -', POD);
    await ok('create configmap settings --from-literal=a=1');
    const [pods = '', maps = ''] = (await ok('get pods,cm')).split('\n\n');
    expect(pods).toContain('\npod/web ');
    expect(maps).toContain('configmap/settings ');
  });

  it('names the field and the file of an object that is refused', async () => {
    const wrong = POD.replace('spec:', 'spec:\n  nosuch: 1');
    const { code, err } = await cli('create -f -', wrong);
    expect(code).toBe(1);
    expect(err).toMatch(/^Error from server \(BadRequest\): error when creating "STDIN": /);
    expect(err).toContain('unknown field "spec.nosuch"');
    const invalid = await cli('create -f -', POD.replace('name: web', 'name: Web_1'));
    expect(invalid.err).toContain('The Pod "Web_1" is invalid: ');
  });

  it('applies three ways', async () => {
    const map = (data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: ${data}\n`;
    expect(await ok('apply -f -', map('{a: "1", b: "2"}'))).toBe('configmap/m created\n');
    await ok(['patch', 'cm', 'm', '--type=merge', '-p', '{"data":{"other":"x"}}']);
    expect(await ok('apply -f -', map('{a: "3"}'))).toBe('configmap/m configured\n');
    expect(await ok('apply -f -', map('{a: "3"}'))).toBe('configmap/m unchanged\n');
    expect(JSON.parse(await ok(['get', 'cm', 'm', '-o', 'jsonpath={.data}']))).toEqual({
      a: '3',
      other: 'x',
    });
  });

  it('labels, annotates and selects', async () => {
    await ok('create -f -', POD);
    expect(await ok('label pod web tier=front')).toBe('pod/web labeled\n');
    expect((await cli('label pod web tier=back')).err).toBe(
      "error: 'tier' already has a value (front), and --overwrite is false\n",
    );
    expect(await ok('label pod web tier-')).toBe('pod/web unlabeled\n');
    expect(await ok('annotate pod web note=hello')).toBe('pod/web annotated\n');
    expect(await ok('get pods -l app=web -o name')).toBe('pod/web\n');
    expect((await cli('get pods -l app=no')).err).toContain('No resources found in ns');
  });

  it('shows a deployment config, exposes its service and tells the status', async () => {
    await ok('create deploymentconfig web --image=example.com/web:1.0');
    expect(await ok('set env dc/web A=1 B=2')).toBe(
      'deploymentconfig.apps.openshift.io/web updated\n',
    );
    expect(await ok('set env dc/web --list')).toContain('\nA=1\nB=2\n');
    expect((await cli('set image dc/web nosuch=x')).err).toBe(
      'error: unable to find container named "nosuch"\n',
    );
    expect(await ok('expose dc/web --port=8080')).toBe('service/web exposed\n');
    expect(await ok('expose svc/web')).toBe('route.route.openshift.io/web exposed\n');
    expect(await ok('scale dc/web --replicas=3')).toBe(
      'deploymentconfig.apps.openshift.io/web scaled\n',
    );
    expect(await ok('get dc web -o jsonpath={.spec.replicas}')).toBe('3');
    expect(await ok('status')).toContain('dc/web deploys example.com/web:1.0');
    expect(await ok('describe dc web')).toContain('Latest Version:\tNot deployed\n');
  });

  it('watches until what it waits for happens', async () => {
    await ok('create -f -', POD);
    const waiting = cli('wait --for=condition=Ready pod/web --timeout=20s');
    const space = `ns${namespace}`;
    const pod = structuredClone(await server.client.get(PODS, { namespace: space, name: 'web' }));
    pod.status = { ...pod.status, conditions: [{ type: 'Ready', status: 'True' }] };
    await server.client.updateStatus(PODS, pod);
    expect(await waiting).toEqual({ code: 0, out: 'pod/web condition met\n', err: '' });
    expect((await cli('wait --for=condition=No pod/web --timeout=0s')).code).toBe(1);
  });

  it('watches a table until it is interrupted, with one heading', async () => {
    await ok('create -f -', POD);
    const interrupt = new AbortController();
    const watching = cli('get pods -w', '', interrupt.signal, (text) => {
      if (/Failed|Error/.test(text)) interrupt.abort();
    });
    const space = `ns${namespace}`;
    const pod = structuredClone(await server.client.get(PODS, { namespace: space, name: 'web' }));
    for (const phase of ['Running', 'Failed']) {
      pod.status = { ...pod.status, phase };
      pod.metadata.resourceVersion = undefined;
      await server.client.updateStatus(PODS, pod);
    }
    const { code, out } = await watching;
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('NAME'))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(/^web {4}0\/1 {5}(Failed|Error) /);
  });

  it('plans an application from a local git repository', async () => {
    const repository = join(folder, `app${namespace}`);
    await mkdir(repository);
    await writeFile(join(repository, 'Dockerfile'), 'FROM scratch\nEXPOSE 9000\n');
    const inside = (...args: string[]) => git('git', ['-C', repository, ...args]);
    await inside('init', '-q', '-b', 'main');
    await inside('remote', 'add', 'origin', 'https://git.example.com/team/shop.git');
    const out = await cli(`new-app ./app${namespace} -o json`);
    const { items } = JSON.parse(out.out) as { items: { kind: string; spec: object }[] };
    expect(items.map(({ kind }) => kind)).toEqual([
      'ImageStream',
      'BuildConfig',
      'DeploymentConfig',
      'Service',
    ]);
    expect(items[1]?.spec).toMatchObject({
      source: { git: { uri: 'https://git.example.com/team/shop.git', ref: 'main' } },
      strategy: { type: 'Docker' },
    });
  });

  it('remembers the resources of the server in a file, and asks again for unknown names', async () => {
    await ok('get pods -o name');
    const { port } = new URL(url);
    const cache = join(folder, '.kube/cache/sampan', `127.0.0.1_${port}`, 'resources.json');
    expect(JSON.parse(await readFile(cache, 'utf8'))).toContainEqual(
      expect.objectContaining({ resource: 'pods', shortNames: ['po'] }),
    );
    await writeFile(cache, '[]');
    expect(await ok('get po -o name')).toBe('');
  });

  it.each([
    ['get nosuch', 'error: the server doesn\'t have a resource type "nosuch"\n'],
    ['get pods --bad', "error: unknown flag: --bad\nSee 'oc get --help' for usage.\n"],
    ['nosuch', 'error: unknown command "nosuch" for "oc"\n'],
    ['logs nosuch', 'Error from server (NotFound): pods "nosuch" not found\n'],
    [
      'rollout latest dc/nosuch',
      'Error from server (NotFound): deploymentconfigs.apps.openshift.io "nosuch" not found\n',
    ],
    [
      'get pods --server=https://127.0.0.1:1',
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    ],
  ])('fails on %s as oc does', async (line, err) => {
    expect(await cli(line)).toEqual({ code: 1, out: '', err });
  });
});
