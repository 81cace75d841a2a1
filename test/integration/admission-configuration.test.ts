import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Asked, type ComposedServer, startComposedServer } from './support/composed-server.ts';

const FLAG = '--admission-control-config-file';
const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', resources: [{ group: '', resources: ['pods'] }] }],
};
const POD_SECURITY = `
apiVersion: pod-security.admission.config.k8s.io/v1
kind: PodSecurityConfiguration
defaults: { enforce: baseline, warn: restricted, warn-version: v1.24 }
exemptions: { namespaces: [free], usernames: [jane], runtimeClasses: [vm] }
`;
const HEAD = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n';
const ADMISSION = `${HEAD}plugins: [{ name: PodSecurity, path: pod-security.yaml }]`;

let server: ComposedServer;

beforeAll(async () => {
  server = await startComposedServer(
    (directory) => ({
      [FLAG]: join(directory, 'admission.yaml'),
      '--audit-policy-file': join(directory, 'policy.json'),
      '--audit-log-path': join(directory, 'audit.log'),
    }),
    {
      'admission.yaml': ADMISSION,
      'pod-security.yaml': POD_SECURITY,
      'policy.json': JSON.stringify(POLICY),
    },
  );
  await made('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'vm' }, handler: 'vm' });
  for (const name of ['free', 'held']) {
    await made('/api/v1/namespaces', { metadata: { name } });
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await vi.waitFor(async () => expect((await server.call('GET', account)).code).toBe(200));
  }
  await made('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'jane' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  });
});
afterAll(() => server.close());

const made = async (path: string, body: object) =>
  expect(await server.call('POST', path, { body })).toMatchObject({ code: 201 });

const createPod = (namespace: string, name: string, spec: object = {}, asked: Asked = {}) => {
  const body = {
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i' }], hostPID: true, ...spec },
  };
  return server.call('POST', `/api/v1/namespaces/${namespace}/pods`, { ...asked, body });
};

it('holds namespaces without labels to the level of --admission-control-config-file', async () => {
  expect(await createPod('held', 'a')).toMatchObject({
    code: 403,
    body: {
      message:
        'pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
    },
  });
  expect(await createPod('held', 'b', { hostPID: false })).toMatchObject({ code: 201 });
});

it('lets those pass that are exempt, and records and counts them', async () => {
  expect(await createPod('free', 'a')).toMatchObject({ code: 201 });
  expect(await createPod('held', 'of-jane', {}, { as: 'jane' })).toMatchObject({ code: 201 });
  expect(await createPod('held', 'vm', { runtimeClassName: 'vm' })).toMatchObject({ code: 201 });
  const exemptions = async () => {
    const lines = (await readFile(join(server.directory, 'audit.log'), 'utf8')).trim().split('\n');
    return lines
      .map((line) => JSON.parse(line))
      .map(({ annotations, objectRef }) => [
        objectRef.name,
        annotations['pod-security.kubernetes.io/exempt'],
      ])
      .filter(([, exemption]) => exemption);
  };
  await expect.poll(exemptions).toEqual([
    ['a', 'namespace'],
    ['of-jane', 'user'],
    ['vm', 'runtimeClass'],
  ]);
  const { text } = await server.call('GET', '/metrics');
  expect(text).toContain(
    'pod_security_exemptions_total{request_operation="create",resource="pod",subresource=""} 3\n',
  );
});

it.each([
  ['plugins: [{name: Nope}]', 'admission plugin "Nope" is unknown'],
  [
    'plugins: [{name: PodSecurity, configuration: {kind: PodSecurityConfiguration, apiVersion: pod-security.admission.config.k8s.io/v1, defaults: {enforce: all}}}]',
    'couldn\'t init admission plugin "PodSecurity": PodSecurity configuration error: enforce: must be one of privileged, baseline, restricted',
  ],
])('does not start with %s', async (plugins, message) => {
  let path = '';
  const text = `${HEAD}${plugins}`;
  const starting = startComposedServer(
    (directory) => {
      path = join(directory, 'admission.yaml');
      return { [FLAG]: path };
    },
    { 'admission.yaml': text },
  );
  const error = await starting.catch((one) => one);
  await rm(dirname(path), { recursive: true });
  expect(error.message).toBe(`failed to apply admission: ${path}: ${message}`);
});
