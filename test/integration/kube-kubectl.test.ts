import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACES, SERVICE_ACCOUNTS } from '../../src/apis/resource-types.ts';
import { type KubeApiServer, startKubeApiServer } from './support/kube-api-server.ts';

/** Which clients are tried: the one on the PATH, or those that KUBECTLS names, split by colons. */
const KUBECTLS = (process.env.KUBECTLS ?? 'kubectl').split(':');

const run = promisify(execFile);
let server: KubeApiServer;
let folder: string;

async function makeNamespace(): Promise<void> {
  const { client } = server.api;
  const metadata = { name: 'default' };
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata });
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadata, namespace: 'default' },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kube-kubectl-'));
  server = await startKubeApiServer();
  await makeNamespace();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function client(program: string, ...args: string[]): Promise<Outcome> {
  const env = { ...process.env, HOME: folder, KUBECONFIG: server.kubeconfig };
  try {
    const { stdout, stderr } = await run(program, args, { env, timeout: 30_000 });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

async function manifest(name: string, object: object): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(object));
  return path;
}

const controller = (replicas: number, names: string[]) => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web' },
  spec: {
    replicas,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: names.map((name) => ({ name, image: `${name}:1` })) },
    },
  },
});

describe.each(KUBECTLS)('%s', (program) => {
  const kubectl = (...args: string[]) => client(program, ...args);

  it('applies, changes and deletes', async () => {
    const two = await manifest('two', controller(2, ['a', 'b']));
    const one = await manifest('one', controller(5, ['a']));
    expect((await kubectl('apply', '-f', two)).out).toBe('replicationcontroller/web created\n');
    expect((await kubectl('apply', '-f', two)).out).toBe('replicationcontroller/web unchanged\n');
    expect((await kubectl('apply', '-f', one)).out).toBe('replicationcontroller/web configured\n');
    const { out } = await kubectl('get', 'rc', 'web', '-o', 'wide');
    expect(out.split('\n')[0]?.split(/ {2,}/)).toEqual([
      'NAME',
      'DESIRED',
      'CURRENT',
      'READY',
      'AGE',
      'CONTAINERS',
      'IMAGES',
      'SELECTOR',
    ]);
    expect(out.split('\n')[1]).toMatch(/^web +5 +0 +0 +\d+s +a +a:1 +app=web$/);
    expect((await kubectl('scale', 'rc', 'web', '--replicas=3')).out).toBe(
      'replicationcontroller/web scaled\n',
    );
    expect((await kubectl('delete', 'rc', 'web')).code).toBe(0);
  });

  it('validates on both sides', async () => {
    const typo = await manifest('typo', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'typo' },
      spec: { prots: [{ port: 80 }] },
    });
    // Before 1.25 kubectl knows no levels, and says it in words of its own.
    const { code, err } = await kubectl('create', '--validate=true', '-f', typo);
    expect(code).toBe(1);
    expect(err).toMatch(/unknown field "(spec\.)?prots"/);
    const bad = await kubectl('run', 'Bad_', '--image=x');
    expect(bad.err).toContain(
      'The Pod "Bad_" is invalid: \n* metadata.name: Invalid value: "Bad_"',
    );
  });

  it('explains', async () => {
    const { out } = await kubectl('explain', 'pod.spec.containers.ports.containerPort');
    expect(out).toMatch(/^KIND: +Pod\nVERSION: +v1\n/);
    expect(out).toMatch(/FIELD: +containerPort <integer>/);
  });

  it('exposes a controller on a node port and shows the service', async () => {
    const path = await manifest('exposed', controller(1, ['a']));
    await kubectl('apply', '-f', path);
    await kubectl('expose', 'rc', 'web', '--port=80', '--type=NodePort');
    const { out } = await kubectl('get', 'svc', 'web');
    expect(out.split('\n')[1]).toMatch(
      /^web +NodePort +172\.30\.\d+\.\d+ +<none> +80:3\d{4}\/TCP +\d+s$/,
    );
    expect((await kubectl('delete', 'svc,rc', 'web')).code).toBe(0);
  });

  it('shows a pod and why it cannot change', async () => {
    await kubectl('run', 'web', '--image=nginx:1');
    const { out } = await kubectl('get', 'pods');
    expect(out).toMatch(
      /^NAME {3}READY {3}STATUS {4}RESTARTS {3}AGE\nweb {4}0\/1 {5}Pending {3}0 {10}\d+s\n$/,
    );
    const { err } = await kubectl('patch', 'pod', 'web', '-p', '{"spec":{"hostname":"x"}}');
    expect(err).toContain('spec: Forbidden: pod updates may not change fields other than');
    expect((await kubectl('delete', 'pod', 'web')).out).toMatch(/^pod "web" deleted/);
  });
});
