import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, SERVICE_ACCOUNTS } from '../../src/apis/resource-types.ts';
import { type KubeApiServer, startKubeApiServer } from './support/kube-api-server.ts';
import { findKubectls, findOc, runClient, watchLines } from './support/kubectl.ts';

const POD = (image: string, extra = '') => `
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  containers:
  - name: web
    image: ${image}
${extra}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
`;

let server: KubeApiServer;

beforeAll(async () => {
  server = await startKubeApiServer();
});

afterAll(() => server.close());

const clients = [...findKubectls(), ...findOc()];

it('finds a client to test with', () => expect(clients).not.toEqual([]));

describe.each(clients)('%s', (program) => {
  const namespace = `t-${program
    .replace(/[^a-z0-9]+/g, '-')
    .slice(-40)
    .replace(/^-/, '')}`;

  async function run(command: string, stdin?: string): Promise<string> {
    const args = ['-n', namespace, ...command.split(' ')];
    const { kubeconfig } = server;
    const result = await runClient(program, args, { kubeconfig, ...(stdin ? { stdin } : {}) });
    return (result.stdout + result.stderr).trim();
  }

  it('creates, shows and lists', async () => {
    expect(await run(`create namespace ${namespace}`)).toBe(`namespace/${namespace} created`);
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    };
    await server.api.client.create(SERVICE_ACCOUNTS, account);
    expect(await run('create configmap a --from-literal=k=v')).toBe('configmap/a created');
    expect(await run('create configmap a --from-literal=k=v')).toMatch(
      /^(error: failed to create configmap|Error from server \(AlreadyExists\)): configmaps "a" already exists$/,
    );
    expect(await run('get configmap a -o jsonpath={.data.k}')).toBe('v');
    expect((await run('get configmaps')).split('\n')).toEqual([
      expect.stringMatching(/^NAME +DATA +AGE$/),
      expect.stringMatching(/^a +1 +\d+s$/),
    ]);
    expect(await run('get configmap b')).toBe(
      'Error from server (NotFound): configmaps "b" not found',
    );
  });

  it('applies, again and again', async () => {
    expect(await run('apply -f -', POD('web:1'))).toBe('pod/web created\nservice/web created');
    expect(await run('apply -f -', POD('web:1'))).toBe('pod/web unchanged\nservice/web unchanged');
    expect(await run('apply -f -', POD('web:2'))).toBe('pod/web configured\nservice/web unchanged');
    expect(await run('get pod web -o jsonpath={.spec.containers[0].image}')).toBe('web:2');
  });

  it('applies on the server, and says whose field it would take', async () => {
    const config = (data: string) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"ssa"},"data":{"k":"${data}"}}`;
    expect(await run('apply --server-side -f -', config('1'))).toBe(
      'configmap/ssa serverside-applied',
    );
    const conflict = await run('apply --server-side --field-manager=other -f -', config('2'));
    expect(conflict).toContain('Apply failed with 1 conflict: conflict with "kubectl": .data.k');
    const force = 'apply --server-side --force-conflicts --field-manager=other -f -';
    expect(await run(force, config('2'))).toBe('configmap/ssa serverside-applied');
  });

  it('names an unknown field', async () => {
    const typo = POD('web:1', '    imagePullPolcy: Always').replace(
      'name: web\n  labels',
      'name: typo\n  labels',
    );
    expect(await run('create --validate=true -f -', typo)).toMatch(
      /unknown field "spec\.containers\[0\]\.imagePullPolcy"|unknown field "imagePullPolcy"/,
    );
  });

  it('patches, labels and selects', async () => {
    expect(await run('label configmap a app=x')).toBe('configmap/a labeled');
    expect(await run('get configmap -l app=x -o name')).toBe('configmap/a');
    expect(await run('patch configmap a --type=merge -p {"data":{"k":"w"}}')).toBe(
      'configmap/a patched',
    );
    expect(
      await run('patch configmap a --type=json -p [{"op":"remove","path":"/data/nope"}]'),
    ).toMatch(
      /^The request is invalid(: the server rejected our request due to an error in our request)?$/,
    );
  });

  it('reads and writes subresources, where it knows how', async () => {
    if (!(await run('patch --help')).includes('--subresource')) return;
    const status = (text: string) => `{"status":{"message":"${text}"}}`;
    const message = 'get pod web -o jsonpath={.status.message}';
    expect(await run(`patch pod web --type=merge -p ${status('unseen')}`)).toBe(
      'pod/web patched (no change)',
    );
    expect(await run(`patch pod web --subresource=status --type=merge -p ${status('seen')}`)).toBe(
      'pod/web patched',
    );
    expect(await run(message)).toBe('seen');
    const pod = await run('get pod web --subresource=status -o json');
    const changed = pod.replace('"seen"', '"replaced"').replace('"web:2"', '"web:3"');
    expect(await run('replace --subresource=status -f -', changed)).toBe('pod/web replaced');
    expect(await run(message)).toBe('replaced');
    expect(await run('get pod web -o jsonpath={.spec.containers[0].image}')).toBe('web:2');
    expect(await run('create deployment d --image=x --replicas=2')).toContain('d created');
    expect((await run('get deployment d --subresource=scale')).split('\n')).toEqual([
      expect.stringMatching(/^NAME +DESIRED +AVAILABLE +AGE$/),
      expect.stringMatching(/^d +2 +0 +\d+s$/),
    ]);
    const scale = 'patch deployment d --subresource=scale --type=merge -p {"spec":{"replicas":3}}';
    expect(await run(scale)).toBe('scale.autoscaling/d patched');
    expect(await run('get deployment d -o jsonpath={.spec.replicas}')).toBe('3');
    expect(await run('delete deployment d')).toContain('deleted');
  });

  it('watches', async () => {
    const { kubeconfig, api } = server;
    const args = ['-n', namespace, 'get', 'configmaps', '-w', '--no-headers', '-o', 'name'];
    const metadata = { name: 'late', namespace };
    const onFirst = () =>
      api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const lines = await watchLines(program, args, { kubeconfig, count: 3, onFirst });
    expect(lines).toContain('configmap/late');
  });

  it('explains and lists resources', async () => {
    expect(await run('explain pod.spec.containers.image')).toMatch(/FIELD: +image <string>/);
    expect(await run('api-resources')).toMatch(/pods +po +v1 +true +Pod/);
  });

  it('says who may not do what', async () => {
    expect(await run('get pods --as alice')).toBe(
      `Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
    );
  });

  it('deletes and waits', async () => {
    expect(await run('delete pod web --now')).toMatch(/^pod "web" deleted/);
    expect(await run('delete service,configmap --all')).toContain('service "web" deleted');
    expect(await run('get all')).toBe(`No resources found in ${namespace} namespace.`);
  });
});
