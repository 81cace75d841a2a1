import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { REQUEST } from '../conformance/support/samples.data.ts';
import { type ComposedServer, startComposedServer } from './support/composed-server.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1';
// New resources are looked for every 30 s, tokens that were good are remembered for 10.

let server: ComposedServer;
let namespace: string;
let count = 0;

beforeAll(async () => {
  server = await startComposedServer();
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } };
  await made(DEFINITIONS, {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  await vi.waitFor(async () => {
    const established = await conditionOf(`${DEFINITIONS}/widgets.example.com`, 'Established');
    expect(established).toMatchObject({ status: 'True', reason: 'InitialNamesAccepted' });
    expect(await codeOf(`${WIDGETS}/widgets`)).toBe(200);
  }, 60_000);
});
afterAll(() => server.close());

beforeEach(async () => {
  count += 1;
  namespace = `team-${count}`;
  await made('/api/v1/namespaces', { metadata: { name: namespace } });
});

const core = () => `/api/v1/namespaces/${namespace}`;
const widgets = () => `${WIDGETS}/namespaces/${namespace}/widgets`;
const get = async (path: string) => (await server.call('GET', path)).body;
const codeOf = async (path: string) => (await server.call('GET', path)).code;
const gone = (path: string) => expect.poll(() => codeOf(path)).toBe(404);

async function made(path: string, body: object) {
  const answer = await server.call('POST', path, { body });
  expect(answer).toMatchObject({ code: 201 });
  return answer.body;
}

/** conditionOf is a condition in the status of an object. */
async function conditionOf(path: string, type: string) {
  const { status } = await get(path);
  return status?.conditions?.find((one: { type: string }) => one.type === type);
}

const widget = (name: string, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...metadata },
});

/** ownedBy is what the metadata of a dependent says. */
const ownedBy = ({ metadata }: { metadata: { name: string; uid: string } }) => ({
  ownerReferences: [
    {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      name: metadata.name,
      uid: metadata.uid,
      blockOwnerDeletion: true,
    },
  ],
});

describe('garbage of custom resources', () => {
  it('goes after its owner, in the background', async () => {
    const owner = await made(widgets(), widget('owner'));
    await made(widgets(), widget('part', ownedBy(owner)));
    await made(`${core()}/configmaps`, { metadata: { name: 'part', ...ownedBy(owner) } });
    await server.call('DELETE', `${widgets()}/owner`);
    await gone(`${widgets()}/part`);
    await gone(`${core()}/configmaps/part`);
  });

  it('goes before its owner, in the foreground', async () => {
    const owner = await made(widgets(), widget('owner'));
    const held = { ...ownedBy(owner), finalizers: ['example.com/held'] };
    await made(widgets(), widget('part', held));
    const body = { propagationPolicy: 'Foreground' };
    await server.call('DELETE', `${widgets()}/owner`, { body });
    await expect
      .poll(async () => (await get(`${widgets()}/part`)).metadata.deletionTimestamp)
      .toBeDefined();
    expect((await get(`${widgets()}/owner`)).metadata.finalizers).toEqual(['foregroundDeletion']);
    await server.call('PATCH', `${widgets()}/part`, { body: { metadata: { finalizers: null } } });
    await gone(`${widgets()}/owner`);
  });

  it('stays as an orphan', async () => {
    const owner = await made(widgets(), widget('owner'));
    await made(widgets(), widget('part', ownedBy(owner)));
    await server.call('DELETE', `${widgets()}/owner`, { body: { propagationPolicy: 'Orphan' } });
    await gone(`${widgets()}/owner`);
    const part = await get(`${widgets()}/part`);
    expect(part.metadata.ownerReferences).toBeUndefined();
    expect(part.metadata.deletionTimestamp).toBeUndefined();
  });
});

it('a namespace names what holds it back, and goes when nothing does', async () => {
  await made(widgets(), widget('held', { finalizers: ['example.com/held'] }));
  const path = `/api/v1/namespaces/${namespace}`;
  await server.call('DELETE', path);
  await expect
    .poll(async () => (await conditionOf(path, 'NamespaceFinalizersRemaining'))?.message)
    .toBe(
      'Some content in the namespace has finalizers remaining: example.com/held in 1 resource instances',
    );
  expect((await conditionOf(path, 'NamespaceContentRemaining')).message).toBe(
    'Some resources are remaining: widgets.example.com has 1 resource instances',
  );
  const refused = await server.call('POST', `${core()}/configmaps`, {
    body: { metadata: { name: 'late' } },
  });
  expect(refused.body.message).toContain('because it is being terminated');
  await server.call('PATCH', `${widgets()}/held`, { body: { metadata: { finalizers: null } } });
  await gone(path);
});

it('each namespace has an account and the authority, which come back', async () => {
  const ca = server.plane.pki.authority.certPem;
  const authority = async () => (await get(`${core()}/configmaps/kube-root-ca.crt`)).data;
  await expect.poll(authority).toEqual({ 'ca.crt': ca });
  await server.call('PATCH', `${core()}/configmaps/kube-root-ca.crt`, {
    body: { data: { 'ca.crt': 'another' } },
  });
  await expect.poll(authority).toEqual({ 'ca.crt': ca });
  await expect.poll(() => codeOf(`${core()}/serviceaccounts/default`)).toBe(200);
  await server.call('DELETE', `${core()}/serviceaccounts/default`);
  await expect.poll(() => codeOf(`${core()}/serviceaccounts/default`)).toBe(200);
});

it('cluster roles gather the rules of others', async () => {
  const name = `sum-${count}`;
  const labels = { [`in-${name}`]: 'true' };
  const rules = [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }];
  await made(`${RBAC}/clusterroles`, {
    metadata: { name },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
    rules: [],
  });
  await made(`${RBAC}/clusterroles`, { metadata: { name: `${name}-part`, labels }, rules });
  await expect.poll(async () => (await get(`${RBAC}/clusterroles/${name}`)).rules).toEqual(rules);
});

it('quotas show what is used', async () => {
  const quota = `${core()}/resourcequotas/q`;
  await made(`${core()}/resourcequotas`, {
    metadata: { name: 'q' },
    spec: { hard: { 'count/widgets.example.com': '5' } },
  });
  await made(widgets(), widget('one'));
  await expect
    .poll(async () => (await get(quota)).status?.used)
    .toEqual({ 'count/widgets.example.com': '1' });
});

it('approved requests for certificates are signed by the authority of the platform', async () => {
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const name = `csr-${count}`;
  const request = await made(requests, {
    metadata: { name },
    spec: {
      request: REQUEST,
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      expirationSeconds: 3600,
    },
  });
  const approved = { type: 'Approved', status: 'True', reason: 'Test' };
  const answer = await server.call('PUT', `${requests}/${name}/approval`, {
    body: { ...request, status: { conditions: [approved] } },
  });
  expect(answer.code).toBe(200);
  const certificate = async () => (await get(`${requests}/${name}`)).status?.certificate;
  await expect.poll(certificate).toBeDefined();
  const signed = new X509Certificate(Buffer.from(await certificate(), 'base64'));
  expect(signed.checkIssued(new X509Certificate(server.plane.pki.authority.certPem))).toBe(true);
  const seconds = (Date.parse(signed.validTo) - Date.parse(signed.validFrom)) / 1000;
  expect(seconds).toBeLessThanOrEqual(3600 + 5 * 60);
});

it('what has had its time goes: bootstrap tokens, finished jobs', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const token = `/api/v1/namespaces/kube-system/secrets/bootstrap-token-${'a'.repeat(6)}`;
  await made('/api/v1/namespaces/kube-system/secrets', {
    metadata: { name: token.split('/').at(-1) },
    type: 'bootstrap.kubernetes.io/token',
    data: { expiration: base64('2020-01-01T00:00:00Z') },
  });
  await gone(token);
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const containers = [{ name: 'c', image: 'i' }];
  const job = await made(jobs, {
    metadata: { name: 'done' },
    spec: {
      ttlSecondsAfterFinished: 0,
      template: { spec: { containers, restartPolicy: 'Never' } },
    },
  });
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
  }));
  const status = { conditions, startTime: now, completionTime: now, succeeded: 1 };
  const ended = await server.call('PUT', `${jobs}/done/status`, { body: { ...job, status } });
  expect(ended).toMatchObject({ code: 200 });
  await gone(`${jobs}/done`);
});

it('API services say whether they can be reached', async () => {
  const services = '/apis/apiregistration.k8s.io/v1/apiservices';
  await expect
    .poll(() => conditionOf(`${services}/v1.example.com`, 'Available'))
    .toMatchObject({ status: 'True', reason: 'Local' });
  await made(services, {
    metadata: { name: 'v1.lost.example.com' },
    spec: {
      group: 'lost.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 1,
      insecureSkipTLSVerify: true,
      service: { namespace: 'default', name: 'lost' },
    },
  });
  await expect
    .poll(() => conditionOf(`${services}/v1.lost.example.com`, 'Available'))
    .toMatchObject({
      status: 'False',
      reason: 'ServiceNotFound',
      message: 'service/lost in "default" is not present',
    });
  expect(await codeOf('/apis/lost.example.com/v1/things')).toBe(503);
  await server.call('DELETE', `${services}/v1.lost.example.com`);
});

it('tokens of secrets and of pods are good as long as these are', async () => {
  const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const whoami = async (token: string) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return (await server.call('POST', review, { token, body })).code;
  };
  await expect.poll(() => codeOf(`${core()}/serviceaccounts/default`)).toBe(200);
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  await made(`${core()}/secrets`, {
    metadata: { name: 'token', annotations },
    type: 'kubernetes.io/service-account-token',
  });
  const data = async () => (await get(`${core()}/secrets/token`)).data?.token;
  await expect.poll(data).toBeDefined();
  const legacy = Buffer.from(await data(), 'base64').toString();
  expect(await whoami(legacy)).toBe(201);
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const { metadata } = await made(`${core()}/pods`, pod);
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: metadata.uid };
  const { status } = await made(`${core()}/serviceaccounts/default/token`, {
    spec: { boundObjectRef },
  });
  expect(await whoami(status.token)).toBe(201);
  await server.call('DELETE', `${core()}/pods/p`);
  await gone(`${core()}/pods/p`);
  await expect.poll(() => whoami(status.token)).toBe(401);
  await server.call('DELETE', `${core()}/secrets/token`);
  await expect.poll(() => whoami(legacy)).toBe(401);
});
