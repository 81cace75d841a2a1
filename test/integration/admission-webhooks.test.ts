import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CONFIG_MAPS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../src/apis/resource-types.ts';
import { listenForTest } from '../../src/apiserver/testing/test-listener.ts';
import { type AdmissionBed, startAdmissionBed } from './support/admission-bed.ts';
import { tokenKubeconfig } from './support/kubeconfigs.ts';
import { findKubectls, runClient } from './support/kubectl.ts';
import { type Hooks, patch, startHooks } from './support/webhook-server.ts';

let hooks: Hooks;
let bed: AdmissionBed;

beforeAll(async () => {
  hooks = await startHooks();
});
afterAll(() => hooks.close());

beforeEach(async () => {
  bed = await startAdmissionBed();
  hooks.asked.length = 0;
  hooks.answers.clear();
});
afterEach(() => bed.api.close());

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

const validating = (...webhooks: object[]) =>
  bed.make(VALIDATING_WEBHOOK_CONFIGURATIONS, { webhooks });
const mutating = (...webhooks: object[]) => bed.make(MUTATING_WEBHOOK_CONFIGURATIONS, { webhooks });

describe('webhooks', () => {
  it('refuse in the words of the webhook', async () => {
    await validating(webhook('deny'));
    hooks.answers.set('/deny', () => ({
      allowed: false,
      status: { code: 418, message: 'no way' },
    }));
    await expect(bed.configMap()).rejects.toMatchObject({
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
    expect(await bed.configMap()).toMatchObject({ data: { by: 'second' } });
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
    await bed.make(MUTATING_WEBHOOK_CONFIGURATIONS, { webhooks: [webhook('elsewhere')] });
    await expect(bed.configMap()).rejects.toThrow(text);
  });

  it('keep their connections', async () => {
    await validating(webhook('allow'));
    hooks.answers.set('/allow', () => ({}));
    const before = hooks.connections();
    for (let index = 0; index < 5; index++) await bed.configMap({}, `c${index}`);
    expect(hooks.connections()).toBeLessThan(before + 3);
  });

  it('that fail refuse the request, or not', async () => {
    await validating(webhook('gone'));
    await expect(bed.configMap()).rejects.toMatchObject({
      code: 500,
      message:
        'Internal error occurred: failed calling webhook "gone.hooks.test": failed to call webhook: the server could not find the requested resource',
    });
    await bed.api.client.delete(VALIDATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
    await validating(webhook('gone', { failurePolicy: 'Ignore' }));
    expect(await bed.configMap()).toMatchObject({ metadata: { name: 'c' } });
  });

  it('that take too long fail after the time that they may take', async () => {
    const named = (name: string, timeoutSeconds: number) => {
      const matchConditions = [{ name: 'n', expression: `object.metadata.name == "${name}"` }];
      return webhook('silent', { name: `${name}.hooks.test`, matchConditions, timeoutSeconds });
    };
    await validating(named('short', 1), named('long', 3));
    const ended: string[] = [];
    const failed = ['long', 'short'].map((name) =>
      bed.configMap({}, name).catch((error: Error) => {
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
      bed.api.client.create(
        type,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } },
        { dryRun: true },
      );
    await mutating(webhook('some', { sideEffects: 'NoneOnDryRun' }));
    hooks.answers.set('/some', () => ({}));
    await dry();
    expect(hooks.asked).toHaveLength(1);
    await bed.api.client.delete(MUTATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
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
    if (code === undefined) await bed.configMap();
    else {
      const message = expect.stringContaining(text);
      await expect(bed.configMap()).rejects.toMatchObject({ code, message });
    }
    expect(hooks.asked).toEqual([]);
  });

  it('are not trusted with the wrong authority', async () => {
    const { caBundle: _other, ...rest } = webhook('allow').clientConfig;
    await validating(webhook('allow', { clientConfig: rest }));
    await expect(bed.configMap()).rejects.toThrow(/x509: certificate signed by unknown authority/);
  });

  it('are trusted with their own certificate, and called at a clean path', async () => {
    await validating(
      webhook('allow', {
        clientConfig: { url: `${hooks.url}//a/../allow/`, caBundle: hooks.ownCertificate },
      }),
    );
    hooks.answers.set('/allow', () => ({ allowed: true }));
    expect(await bed.configMap()).toMatchObject({ metadata: { name: 'c' } });
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
    await bed.configMap();
    expect(hooks.asked.map(({ path }) => path)).toEqual(['/d']);
  });

  it('never see their own configurations', async () => {
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }];
    await validating(webhook('all', { rules }));
    await bed.api.client.delete(VALIDATING_WEBHOOK_CONFIGURATIONS, { name: 'x' });
    expect(hooks.asked).toEqual([]);
  });
});

describe.each(findKubectls().slice(-1))('%s', (program) => {
  it('shows refusals and warnings', async () => {
    const { url, caPem } = await listenForTest(bed.api.server);
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
