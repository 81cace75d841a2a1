import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, type ComposedServer, startComposedServer } from './support/composed-server.ts';

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'RequestResponse', resources: [{ group: '', resources: ['configmaps'] }] },
    { level: 'Request', resources: [{ group: 'rbac.authorization.k8s.io' }] },
    { level: 'Metadata' },
  ],
};
const TEAM = { as: 'jane', groups: ['system:authenticated'] };
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

let server: ComposedServer;
let namespace: string;
let count = 0;

beforeAll(async () => {
  server = await startComposedServer(
    (directory) => ({
      '--audit-policy-file': join(directory, 'policy.json'),
      '--audit-log-path': join(directory, 'audit.log'),
    }),
    { 'policy.json': JSON.stringify(POLICY) },
  );
});
afterAll(() => server.close());

beforeEach(async () => {
  count += 1;
  namespace = `team-${count}`;
  await post('/api/v1/namespaces', { metadata: { name: namespace } });
  await expect
    .poll(async () => (await server.call('GET', `${core()}/serviceaccounts/default`)).code)
    .toBe(200);
});

const core = () => `/api/v1/namespaces/${namespace}`;
const post = (path: string, body: object, asked: Asked = {}) =>
  server.call('POST', path, { ...asked, body });

/** made creates something that nothing may refuse. */
async function made(path: string, body: object, asked?: Asked) {
  const answer = await post(path, body, asked);
  expect(answer).toMatchObject({ code: 201 });
  return answer.body;
}

const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

/** allow lets the team do something in the namespace. */
async function allow(rules: object[]): Promise<void> {
  const place = `${RBAC}/namespaces/${namespace}`;
  await made(`${place}/roles`, { metadata: { name: 'team' }, rules });
  await made(`${place}/rolebindings`, {
    metadata: { name: 'team' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'team' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  });
}

describe('the platform admits as kube-apiserver does:', () => {
  it('NamespaceLifecycle', async () => {
    const lost = await post('/api/v1/namespaces/nowhere/configmaps', { metadata: { name: 'a' } });
    expect(lost).toMatchObject({ code: 404, body: { message: 'namespaces "nowhere" not found' } });
    const kept = await server.call('DELETE', '/api/v1/namespaces/kube-system');
    expect(kept).toMatchObject({
      code: 403,
      body: { message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted' },
    });
  });

  it('ServiceAccount', async () => {
    const lost = await post(`${core()}/pods`, pod('a', { serviceAccountName: 'nobody' }));
    expect(lost.body.message).toBe(
      `pods "a" is forbidden: error looking up service account ${namespace}/nobody: serviceaccount "nobody" not found`,
    );
    const { spec } = await made(`${core()}/pods`, pod('a'));
    expect(spec.serviceAccountName).toBe('default');
    expect(spec.volumes[0].projected.sources[0].serviceAccountToken.path).toBe('token');
  });

  it('LimitRanger', async () => {
    const limits = [{ type: 'Container', default: { cpu: '2' }, max: { cpu: '3' } }];
    await made(`${core()}/limitranges`, { metadata: { name: 'l' }, spec: { limits } });
    const { spec } = await made(`${core()}/pods`, pod('a'));
    expect(spec.containers[0].resources.limits).toEqual({ cpu: '2' });
    const containers = [{ name: 'c', image: 'i', resources: { limits: { cpu: '4' } } }];
    const refused = await post(`${core()}/pods`, pod('b', { containers }));
    expect(refused.body.message).toBe(
      'pods "b" is forbidden: maximum cpu usage per Container is 3, but limit is 4',
    );
  });

  it('ResourceQuota, exactly, however many ask at once', async () => {
    const quotas = `${core()}/resourcequotas`;
    await made(quotas, { metadata: { name: 'q' }, spec: { hard: { pods: '7', services: '4' } } });
    const many = (kind: string, body: (name: string) => object) =>
      Promise.all(
        Array.from({ length: 40 }, (_, at) => post(`${core()}/${kind}`, body(`n${at}`))),
      ).then((answers) => answers.map(({ code }) => code));
    const pods = await many('pods', (name) => pod(name));
    expect(pods.filter((code) => code === 201)).toHaveLength(7);
    expect(pods.filter((code) => code === 403)).toHaveLength(33);
    const spec = { ports: [{ port: 80 }] };
    const services = await many('services', (name) => ({ metadata: { name }, spec }));
    expect(services.filter((code) => code === 201)).toHaveLength(4);
    await expect
      .poll(async () => (await server.call('GET', `${quotas}/q`)).body.status?.used)
      .toEqual({ pods: '7', services: '4' });
    const { body } = await server.call('GET', `${core()}/services`);
    await server.call('DELETE', `${core()}/services/${body.items[0].metadata.name}`);
    await made(`${core()}/services`, { metadata: { name: 'again' }, spec });
  });

  it('Priority, DefaultTolerationSeconds and PodSecurity', async () => {
    const { spec } = await made(
      '/api/v1/namespaces/kube-system/pods',
      pod(`a-${count}`, { priorityClassName: 'system-node-critical' }),
    );
    expect(spec.priority).toBe(2_000_001_000);
    expect(spec.tolerations).toHaveLength(2);
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    const patch = { body: { metadata: { labels } } };
    await server.call('PATCH', `/api/v1/namespaces/${namespace}`, patch);
    const refused = await post(`${core()}/pods`, pod('a', { hostNetwork: true }));
    expect(refused.body.message).toBe(
      'pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    );
  });

  it('DefaultStorageClass and StorageObjectInUseProtection', async () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const classes = '/apis/storage.k8s.io/v1/storageclasses';
    const name = `usual-${count}`;
    await made(classes, { metadata: { name, annotations }, provisioner: 'example.com/p' });
    const resources = { requests: { storage: '1Gi' } };
    const claim = { accessModes: ['ReadWriteOnce'], resources };
    const body = await made(`${core()}/persistentvolumeclaims`, {
      metadata: { name: 'c' },
      spec: claim,
    });
    expect(body.spec.storageClassName).toBe(name);
    expect(body.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    await server.call('DELETE', `${classes}/${name}`);
  });

  it('OwnerReferencesPermissionEnforcement', async () => {
    await allow([{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update'] }]);
    const owner = await made(`${core()}/pods`, pod('owner'));
    const reference = {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'owner',
      uid: owner.metadata.uid,
      blockOwnerDeletion: true,
    };
    const body = { metadata: { name: 'a', ownerReferences: [reference] } };
    const refused = await post(`${core()}/configmaps`, body, TEAM);
    expect(refused).toMatchObject({
      code: 403,
      body: {
        message:
          'configmaps "a" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on: , <nil>',
      },
    });
    const mine = await made(`${core()}/configmaps`, { metadata: { name: 'a' } }, TEAM);
    const changed = { ...mine, metadata: { ...mine.metadata, ownerReferences: [reference] } };
    const put = await server.call('PUT', `${core()}/configmaps/a`, { ...TEAM, body: changed });
    expect(put).toMatchObject({ code: 403 });
  });

  it('NodeRestriction and CertificateApproval', async () => {
    const node = { as: 'system:node:one', groups: ['system:nodes', 'system:authenticated'] };
    const other = await post('/api/v1/nodes', { metadata: { name: 'two' } }, node);
    expect(other.body.message).toMatch(
      /node "one" is not allowed to modify node "two"|cannot create/,
    );
    await made('/api/v1/nodes', { metadata: { name: 'one' } }, node);
    await server.call('DELETE', '/api/v1/nodes/one');
  });

  it('webhooks and policies', async () => {
    const rules = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
    ];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    const registration = '/apis/admissionregistration.k8s.io/v1';
    const policy = `policy-${count}`;
    await made(`${registration}/validatingadmissionpolicies`, {
      metadata: { name: policy },
      spec: {
        matchConstraints: { namespaceSelector, resourceRules: rules },
        validations: [{ expression: "object.metadata.name != 'bad'", message: 'a bad name' }],
      },
    });
    await made(`${registration}/validatingadmissionpolicybindings`, {
      metadata: { name: policy },
      spec: { policyName: policy, validationActions: ['Deny'] },
    });
    const bad = await post(`${core()}/configmaps`, { metadata: { name: 'bad' } });
    expect(bad.body.message).toContain('denied request: a bad name');
    const webhook = {
      name: 'dead.example.com',
      clientConfig: { url: 'https://127.0.0.1:1/' },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      rules,
      namespaceSelector,
    };
    for (const kind of ['mutating', 'validating']) {
      const path = `${registration}/${kind}webhookconfigurations`;
      await made(path, { metadata: { name: policy }, webhooks: [webhook] });
      const failed = await post(`${core()}/configmaps`, { metadata: { name: 'good' } });
      expect(failed.code).toBe(500);
      expect(failed.body.message).toContain('failed calling webhook "dead.example.com"');
      await server.call('DELETE', `${path}/${policy}`);
    }
    await made(`${core()}/configmaps`, { metadata: { name: 'good' } });
  });
});

it('keeps secrets encrypted on the disk', async () => {
  const plain = `plain-${count}-abcdefghijklmnop`;
  const secret = `secret-${count}-abcdefghijklmnop`;
  await made(`${core()}/configmaps`, { metadata: { name: 'a' }, data: { k: plain } });
  await made(`${core()}/secrets`, { metadata: { name: 'a' }, stringData: { k: secret } });
  const files = await readdir(join(server.directory, 'data'), {
    recursive: true,
    withFileTypes: true,
  });
  const store = await Promise.all(
    files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name))),
  );
  const holds = (text: string) => store.some((bytes) => bytes.includes(text));
  expect(holds(plain)).toBe(true);
  expect(holds(secret)).toBe(false);
  expect(holds(Buffer.from(secret).toString('base64'))).toBe(false);
});

it('records who did what, as far as the policy says', async () => {
  await made(`${core()}/configmaps`, { metadata: { name: 'audited' }, data: { k: 'v' } });
  await post(`${core()}/secrets`, { metadata: { name: 'audited' }, stringData: { k: 'hush' } });
  await allow([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
  await post(`${core()}/configmaps`, { metadata: { name: 'no' } }, TEAM);
  await server.call('GET', `${core()}/configmaps/audited`);
  const events = async () => {
    const lines = (await readFile(join(server.directory, 'audit.log'), 'utf8')).trim().split('\n');
    return lines
      .map((line) => JSON.parse(line))
      .filter((one) => one.objectRef?.namespace === namespace && one.userAgent === 'composed-test')
      .map(({ level, verb, objectRef, requestObject, responseObject, ...one }) => [
        `${level} ${verb} ${objectRef.resource} ${one.impersonatedUser?.username ?? ''} ${one.responseStatus.code}`,
        requestObject !== undefined,
        responseObject !== undefined,
      ]);
  };
  await expect.poll(events).toEqual([
    ['RequestResponse create configmaps  201', true, true],
    ['Metadata create secrets  201', false, false],
    ['Request create roles  201', true, false],
    ['Request create rolebindings  201', true, false],
    ['RequestResponse create configmaps jane 403', false, true],
  ]);
});

it('measures for how long its event loop is held up', async () => {
  const read = async () => {
    const { text } = await server.call('GET', '/metrics');
    const name = 'nodejs_eventloop_lag_max_processor_seconds';
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };
  await read();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = process.cpuUsage().user + 300_000;
  while (process.cpuUsage().user < until);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await read()).toBeGreaterThan(0.2);
});
