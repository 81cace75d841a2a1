import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPod } from '../../apis/core/v1/defaults.ts';
import type { Pod, PodSpec, ServiceAccount } from '../../apis/core/v1/types.ts';
import { PODS, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../../apiserver/testing/test-api-server.ts';
import { newServiceAccount } from './service-account.ts';

const pods: ResourceDefinition<Pod> = {
  type: PODS,
  definition: 'io.k8s.api.core.v1.Pod',
  strategy: { defaults: defaultPod },
};
const accounts: ResourceDefinition<ServiceAccount> = {
  type: SERVICE_ACCOUNTS,
  definition: 'io.k8s.api.core.v1.ServiceAccount',
};

let api: TestApiServer;

beforeEach(async () => {
  api = await startTestApiServer([pods, accounts] as readonly ResourceDefinition[], {
    admission: [newServiceAccount({ cache: () => api.server.cache })],
  });
});

afterEach(() => api.close());

function createAccount(name: string, more: Partial<ServiceAccount> = {}): Promise<ServiceAccount> {
  const { metadata, ...fields } = more;
  return api.client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadata, name, namespace: 'ns' },
    ...fields,
  });
}

function createPod(spec: Partial<PodSpec> = {}, metadata: Partial<Pod['metadata']> = {}) {
  return api.client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'ns', ...metadata },
    spec: { containers: [{ name: 'a', image: 'x' }], ...spec },
  });
}

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

describe('a new pod', () => {
  it('gets its service account, a token volume and what the account pulls images with', async () => {
    await createAccount('default', { imagePullSecrets: [{ name: 'pull' }] });
    const { spec } = await createPod();
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      imagePullSecrets: [{ name: 'pull' }],
    });
    const [volume] = spec?.volumes ?? [];
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(volume?.projected?.sources?.map((one) => Object.keys(one)[0])).toEqual([
      'serviceAccountToken',
      'configMap',
      'downwardAPI',
    ]);
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, mountPath: MOUNT, readOnly: true },
    ]);
  });

  it('waits for the default account, which is made a moment after the namespace', async () => {
    const creating = createPod();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await createAccount('default');
    expect((await creating).spec?.serviceAccountName).toBe('default');
  });

  it('keeps the volume that it brings for its token', async () => {
    await createAccount('default');
    const { spec } = await createPod({ volumes: [{ name: 'kube-api-access-own', emptyDir: {} }] });
    expect(spec?.volumes).toHaveLength(1);
    expect(spec?.containers[0]?.volumeMounts).toMatchObject([{ name: 'kube-api-access-own' }]);
  });

  it('gets no token where the account or the pod refuses it', async () => {
    await createAccount('quiet', { automountServiceAccountToken: false });
    await createAccount('default');
    const quiet = await createPod({ serviceAccountName: 'quiet' });
    expect(quiet.spec?.volumes).toBeUndefined();
    const own = await createPod({ automountServiceAccountToken: false }, { name: 'own' });
    expect(own.spec?.volumes).toBeUndefined();
  });

  it.each<[string, Partial<Pod['metadata']>, string]>([
    ['by its name', {}, 'web'],
    ['by what its name begins with', { name: '', generateName: 'web-' }, 'web-'],
  ])('is refused without its service account, and called %s', async (_how, metadata, name) => {
    await expect(createPod({ serviceAccountName: 'nope' }, metadata)).rejects.toMatchObject({
      code: 403,
      message: `pods "${name}" is forbidden: error looking up service account ns/nope: serviceaccount "nope" not found`,
    });
  });
});

describe('an account that lists what its pods may mount', () => {
  const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
  const names = { secretKeyRef: { name: 'other', key: 'k' } };

  beforeEach(() =>
    createAccount('default', { metadata: { annotations }, secrets: [{ name: 'known' }] }),
  );

  it('lets them mount that', async () => {
    await createPod({ volumes: [{ name: 'v', secret: { secretName: 'known' } }] });
  });

  it.each<[string, Partial<PodSpec>, string]>([
    [
      'a volume',
      { volumes: [{ name: 'v', secret: { secretName: 'other' } }] },
      'volume with secret.secretName="other" is',
    ],
    [
      'a variable',
      { containers: [{ name: 'a', image: 'x', env: [{ name: 'E', valueFrom: names }] }] },
      'container a with envVar E referencing secret.secretName="other" is',
    ],
    [
      'variables of an init container',
      { initContainers: [{ name: 'i', image: 'x', envFrom: [{ secretRef: { name: 'other' } }] }] },
      'init container i with envFrom referencing secret.secretName="other" is',
    ],
    ['a pull', { imagePullSecrets: [{ name: 'other' }] }, 'imagePullSecrets[0].name="other" is'],
  ])('refuses others in %s', async (_where, spec, text) => {
    await expect(createPod(spec)).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining(`pods "web" is forbidden: ${text} not allowed because`),
    });
  });
});

describe('a mirror pod', () => {
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'h' } };

  it('stays as the node made it', async () => {
    const { spec } = await createPod({}, mirror);
    expect(spec?.serviceAccountName).toBeUndefined();
    expect(spec?.volumes).toBeUndefined();
  });

  it.each<[string, Partial<PodSpec>]>([
    ['reference service accounts', { serviceAccountName: 'a' }],
    ['reference secrets', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }],
    [
      'use ServiceAccountToken volume projections',
      {
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        ],
      },
    ],
  ])('may not %s', async (what, spec) => {
    await expect(createPod(spec, mirror)).rejects.toMatchObject({
      message: `pods "web" is forbidden: a mirror pod may not ${what}`,
    });
  });
});
