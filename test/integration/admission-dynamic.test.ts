import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registrationDefinitions } from '../../src/admission/registration/definitions.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NAMESPACES,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../src/apis/resource-types.ts';
import type { ApiServer } from '../../src/apiserver/api-server.ts';
import { CertificateMetrics } from '../../src/apiserver/metrics/certificate-metrics.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../src/apiserver/testing/test-api-server.ts';
import { listenForTest } from '../../src/apiserver/testing/test-listener.ts';
import { newTestTls } from '../../src/apiserver/testing/test-tls.ts';
import { admissionPlugins } from '../../src/cmd/server/admission.ts';
import { MetricRegistry } from '../../src/machinery/metrics/metric-registry.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../src/machinery/object.ts';
import { kubeDefinitions } from '../../src/resources/kube/index.ts';
import { tokenKubeconfig } from './support/kubeconfigs.ts';
import { findKubectls, runClient } from './support/kubectl.ts';

interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name: string;
  readonly object: KubeObject | null;
  readonly options: { readonly kind: string } | null;
}

type Answer = (request: ReviewRequest) => object;

/** A webhook server: what it was asked, and how it answers by path. */
interface Hooks {
  readonly url: string;
  readonly caBundle: string;
  /** The certificate of the server itself, as some kits put it where an authority belongs. */
  readonly ownCertificate: string;
  readonly asked: { readonly path: string; readonly request: ReviewRequest }[];
  readonly answers: Map<string, Answer>;
  connections(): number;
  close(): Promise<void>;
}

async function startHooks(): Promise<Hooks> {
  const { authority, certPem, keyPem } = await newTestTls('hooks');
  const asked: Hooks['asked'] = [];
  const answers: Hooks['answers'] = new Map();
  let connections = 0;
  const server: Server = createServer({ cert: certPem, key: keyPem }, async (message, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const review = JSON.parse(Buffer.concat(chunks).toString());
    const path = (message.url ?? '').replace(/\?.*/, '');
    asked.push({ path, request: review.request });
    // Nobody is answered here, until the server is closed.
    if (path === '/silent') return;
    const answer = answers.get(path)?.(review.request);
    reply.statusCode = answer ? 200 : 404;
    const { uid } = review.request;
    const { apiVersion, kind } = review;
    reply.end(JSON.stringify({ apiVersion, kind, response: { uid, allowed: true, ...answer } }));
  });
  server.on('secureConnection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certPem).toString('base64'),
    ownCertificate: Buffer.from(certPem).toString('base64'),
    asked,
    answers,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function startServer(): Promise<TestApiServer> {
  let server: ApiServer | undefined;
  const metrics = new MetricRegistry();
  const { list } = admissionPlugins({
    client: undefined as never,
    authorizer: { authorize: () => ({ allowed: true }) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics,
    webhookCertificates: new CertificateMetrics(metrics, 'apiserver_webhooks_'),
    server() {
      if (!server) throw new Error('not started yet');
      return server;
    },
  });
  const started = await startTestApiServer(
    (deps) => [
      ...kubeDefinitions({
        ...deps,
        tokens: { issue: async () => ({ token: 'token' }) },
        nodes: { connect: async () => undefined },
      }),
      ...registrationDefinitions(),
    ],
    { admission: list },
  );
  server = started.server;
  return started;
}

const patch = (...operations: object[]) => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

let hooks: Hooks;
let api: TestApiServer;

beforeAll(async () => {
  hooks = await startHooks();
});
afterAll(() => hooks.close());

beforeEach(async () => {
  api = await startServer();
  hooks.asked.length = 0;
  hooks.answers.clear();
  await make(NAMESPACES, { metadata: { name: 'default', labels: { team: 'red' } } });
});
afterEach(() => api.close());

async function make(type: ResourceType, content: object): Promise<KubeObject> {
  const { kind } = type;
  const metadata = { name: 'x', ...(type.namespaced ? { namespace: 'default' } : {}) };
  return api.client.create(type, { apiVersion: apiVersionOf(type), kind, metadata, ...content });
}

const configMap = (data: Record<string, string> = {}, name = 'c') =>
  make(CONFIG_MAPS, { metadata: { name, namespace: 'default' }, data });

function webhook(path: string, more: object = {}) {
  return {
    name: `${path}.hooks.test`,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
    clientConfig: { url: `${hooks.url}/${path}`, caBundle: hooks.caBundle },
    ...more,
  };
}

const validating = (...webhooks: object[]) => make(VALIDATING_WEBHOOK_CONFIGURATIONS, { webhooks });
const mutating = (...webhooks: object[]) => make(MUTATING_WEBHOOK_CONFIGURATIONS, { webhooks });

describe('webhooks', () => {
  it('refuse in the words of the webhook', async () => {
    await validating(webhook('deny'));
    hooks.answers.set('/deny', () => ({
      allowed: false,
      status: { code: 418, message: 'no way' },
    }));
    await expect(configMap()).rejects.toMatchObject({
      code: 418,
      message: 'admission webhook "deny.hooks.test" denied the request: no way',
    });
    expect(hooks.asked[0]?.request).toMatchObject({
      operation: 'CREATE',
      name: 'c',
      options: { kind: 'CreateOptions' },
    });
  });

  it('change objects, and see what others changed when they want to', async () => {
    await mutating(webhook('first', { reinvocationPolicy: 'IfNeeded' }), webhook('second'));
    hooks.answers.set('/first', () => ({}));
    hooks.answers.set('/second', () =>
      patch({ op: 'add', path: '/data', value: { by: 'second' } }),
    );
    expect(await configMap()).toMatchObject({ data: { by: 'second' } });
    expect(hooks.asked.map(({ path }) => path)).toEqual(['/first', '/second', '/first']);
    expect(hooks.asked[2]?.request.object).toMatchObject({ data: { by: 'second' } });
  });

  it.each([
    [
      { op: 'replace', path: '/metadata/namespace', value: 'other' },
      'does not match the namespace',
    ],
    [{ op: 'replace', path: '/kind', value: 'Secret' }, 'unknown conversion'],
  ])('do not make something else of an object: %j', async (operation, text) => {
    hooks.answers.set('/elsewhere', () => patch(operation));
    await make(MUTATING_WEBHOOK_CONFIGURATIONS, { webhooks: [webhook('elsewhere')] });
    await expect(configMap()).rejects.toThrow(text);
  });

  it('keep their connections', async () => {
    await validating(webhook('allow'));
    hooks.answers.set('/allow', () => ({}));
    const before = hooks.connections();
    for (let index = 0; index < 5; index++) await configMap({}, `c${index}`);
    expect(hooks.connections()).toBeLessThan(before + 3);
  });

  it('that fail refuse the request, or not', async () => {
    await validating(webhook('gone'));
    await expect(configMap()).rejects.toMatchObject({
      code: 500,
      message:
        'Internal error occurred: failed calling webhook "gone.hooks.test": failed to call webhook: the server could not find the requested resource',
    });
    await api.client.delete(VALIDATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
    await validating(webhook('gone', { failurePolicy: 'Ignore' }));
    expect(await configMap()).toMatchObject({ metadata: { name: 'c' } });
  });

  it('that take too long fail after the time that they may take', async () => {
    const named = (name: string, timeoutSeconds: number) => {
      const matchConditions = [{ name: 'n', expression: `object.metadata.name == "${name}"` }];
      return webhook('silent', { name: `${name}.hooks.test`, matchConditions, timeoutSeconds });
    };
    await validating(named('short', 1), named('long', 3));
    const ended: string[] = [];
    const failed = ['long', 'short'].map((name) =>
      configMap({}, name).catch((error: Error) => {
        ended.push(name);
        return error.message;
      }),
    );
    expect(await Promise.all(failed)).toEqual(
      ['long', 'short'].map((name) =>
        expect.stringMatching(
          `failed calling webhook "${name}.hooks.test": failed to call webhook: .*context deadline exceeded`,
        ),
      ),
    );
    expect(ended).toEqual(['short', 'long']);
  });

  it('are asked in dry runs, and may have no side effects then', async () => {
    const [type, name] = [CONFIG_MAPS, 'c'];
    const dry = () =>
      api.client.create(
        type,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } },
        { dryRun: true },
      );
    await mutating(webhook('some', { sideEffects: 'NoneOnDryRun' }));
    hooks.answers.set('/some', () => ({}));
    await dry();
    expect(hooks.asked).toHaveLength(1);
    await api.client.delete(MUTATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
    await expect(mutating(webhook('some', { sideEffects: 'Some' }))).rejects.toThrow(
      'sideEffects: Unsupported value: "Some"',
    );
  });

  it.each([
    ['Fail', 403, 'no such key: data'],
    ['Ignore', undefined, ''],
  ])('whose conditions cannot be evaluated: %s', async (failurePolicy, code, text) => {
    const matchConditions = [{ name: 'n', expression: 'object.data.missing == "z"' }];
    await validating(webhook('never', { matchConditions, failurePolicy }));
    if (code === undefined) await configMap();
    else {
      const message = expect.stringContaining(text);
      await expect(configMap()).rejects.toMatchObject({ code, message });
    }
    expect(hooks.asked).toEqual([]);
  });

  it('are not trusted with the wrong authority', async () => {
    const { caBundle: _other, ...rest } = webhook('allow').clientConfig;
    await validating(webhook('allow', { clientConfig: rest }));
    await expect(configMap()).rejects.toThrow(/x509: certificate signed by unknown authority/);
  });

  it('are trusted with their own certificate, and called at a clean path', async () => {
    await validating(
      webhook('allow', {
        clientConfig: { url: `${hooks.url}//a/../allow/`, caBundle: hooks.ownCertificate },
      }),
    );
    hooks.answers.set('/allow', () => ({ allowed: true }));
    expect(await configMap()).toMatchObject({ metadata: { name: 'c' } });
  });

  it('are asked only for what their selectors and conditions are for', async () => {
    const labels = { matchLabels: { team: 'blue' } };
    await validating(
      webhook('a', { namespaceSelector: labels }),
      webhook('b', { objectSelector: labels }),
      webhook('c', { matchConditions: [{ name: 'n', expression: 'object.metadata.name == "z"' }] }),
      webhook('d', { matchConditions: [{ name: 'n', expression: 'has(object.metadata.name)' }] }),
    );
    for (const path of ['/a', '/b', '/c', '/d']) hooks.answers.set(path, () => ({}));
    await configMap();
    expect(hooks.asked.map(({ path }) => path)).toEqual(['/d']);
  });

  it('never see their own configurations', async () => {
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }];
    await validating(webhook('all', { rules }));
    await api.client.delete(VALIDATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
    expect(hooks.asked).toEqual([]);
  });
});

const RULES = {
  resourceRules: [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: ['apps'],
      apiVersions: ['v1'],
      resources: ['deployments'],
    },
  ],
};

function deployment(replicas: number): Promise<KubeObject> {
  const labels = { app: 'web' };
  return make(DEPLOYMENTS, {
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    },
  });
}

async function policy(spec: object, binding: object = {}): Promise<void> {
  await make(VALIDATING_ADMISSION_POLICIES, { spec: { matchConstraints: RULES, ...spec } });
  await make(VALIDATING_ADMISSION_POLICY_BINDINGS, {
    spec: { policyName: 'x', validationActions: ['Deny'], ...binding },
  });
}

async function mutation(spec: object): Promise<void> {
  const matchConstraints = RULES;
  await make(MUTATING_ADMISSION_POLICIES, {
    spec: { reinvocationPolicy: 'Never', matchConstraints, ...spec },
  });
  await make(MUTATING_ADMISSION_POLICY_BINDINGS, { spec: { policyName: 'x' } });
}

describe('policies', () => {
  it('refuse what their expressions say', async () => {
    await policy({
      variables: [{ name: 'r', expression: 'object.spec.replicas' }],
      validations: [
        { expression: 'variables.r <= 5', messageExpression: '"got " + string(variables.r)' },
      ],
    });
    await expect(deployment(6)).rejects.toMatchObject({
      code: 422,
      message:
        "deployments.apps \"x\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: got 6",
    });
    expect(await deployment(5)).toMatchObject({ spec: { replicas: 5 } });
  });

  it('take parameters', async () => {
    await configMap({ max: '2' }, 'limits');
    await policy(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.spec.replicas <= int(params.data.max)' }],
      },
      { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } },
    );
    await expect(deployment(3)).rejects.toThrow(/failed expression: object.spec.replicas <=/);
    expect(await deployment(2)).toMatchObject({ spec: { replicas: 2 } });
  });

  it('lay configurations over objects', async () => {
    const expression =
      'Object{spec: Object.spec{replicas: object.spec.replicas + 1, template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "side", image: "s"}]}}}}';
    await mutation({
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    });
    const made = await deployment(1);
    expect(made).toMatchObject({
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'c' }, { name: 'side' }] } } },
    });
  });

  it('patch objects', async () => {
    const expression =
      '[JSONPatch{op: "add", path: "/metadata/labels", value: {"a/b": "c"}}, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("d/e"), value: "f"}]';
    await mutation({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }] });
    expect(await deployment(1)).toMatchObject({ metadata: { labels: { 'a/b': 'c', 'd/e': 'f' } } });
  });

  it('are checked when they are made', async () => {
    await expect(
      policy({ validations: [{ expression: 'object.spec.replicas <= ' }] }),
    ).rejects.toThrow(/Syntax error: mismatched input '<EOF>'/);
    await expect(policy({ validations: [{ expression: 'nope' }] })).rejects.toThrow(
      /undeclared reference to 'nope' \(in container ''\)/,
    );
  });
});

describe.each(findKubectls().slice(-1))('%s', (program) => {
  it('shows refusals and warnings', async () => {
    const { url, caPem } = await listenForTest(api.server);
    const folder = await mkdtemp(join(tmpdir(), 'sampan-admission-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, tokenKubeconfig(url, caPem));
    await validating(webhook('warn'));
    hooks.answers.set('/warn', ({ name }) => ({
      allowed: name !== 'bad',
      warnings: ['be careful'],
    }));
    const run = (...args: string[]) => runClient(program, args, { kubeconfig });
    try {
      const good = await run('create', 'configmap', 'good', '--from-literal=a=b');
      expect(good.stderr).toContain('Warning: be careful');
      expect(good.stdout).toContain('configmap/good created');
      const bad = await run('create', 'configmap', 'bad');
      expect(bad.stderr).toContain(
        'admission webhook "warn.hooks.test" denied the request without explanation',
      );
      const listed = await run('get', 'validatingwebhookconfigurations');
      expect(listed.stdout).toMatch(/NAME +WEBHOOKS +AGE\nx +1 +/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
