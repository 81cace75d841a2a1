import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../../../apis/core/v1/types.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newRegistrySecretsController } from './registry-secrets-controller.ts';

const HOST = 'registry.test:5000';

describe('the controller of registry secrets', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = newHarness();
  });
  afterEach(() => harness.stop());

  async function secretOf(type: string): Promise<Secret | undefined> {
    const { items } = await harness.client.list(SECRETS, { namespace: 'p1' });
    return items.find((one) => one.type === `kubernetes.io/${type}`);
  }
  async function account() {
    return harness.client.get(SERVICE_ACCOUNTS, { namespace: 'p1', name: 'bot' });
  }

  /** What Kubernetes' token controller does. */
  async function fillToken(): Promise<void> {
    const token = await secretOf('service-account-token');
    if (token === undefined) throw new Error('no token secret');
    const data = { token: Buffer.from('secret').toString('base64') };
    await harness.client.update(SECRETS, { ...token, data });
    await harness.settle();
  }

  it('names the secret in its account, in place of one that was deleted', async () => {
    await harness.client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'bot', namespace: 'p1' },
      imagePullSecrets: [{ name: 'bot-dockercfg-of-mine' }],
    });
    await harness.start(newRegistrySecretsController(harness.deps, { registryHosts: [HOST] }));
    await fillToken();
    const first = (await secretOf('dockercfg'))?.metadata.name ?? '';
    expect((await account()).secrets).toEqual([{ name: first }]);

    await harness.client.delete(SECRETS, { namespace: 'p1', name: first });
    await harness.settle();
    const second = (await secretOf('dockercfg'))?.metadata.name ?? '';
    expect(second).not.toBe(first);
    const { secrets, imagePullSecrets } = await account();
    expect(secrets).toEqual([{ name: second }]);
    expect(imagePullSecrets).toEqual([{ name: 'bot-dockercfg-of-mine' }, { name: second }]);
  });
});
