import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Namespace, Secret, ServiceAccount } from '../../../apis/core/v1/types.ts';
import {
  CONFIG_MAPS,
  NAMESPACES,
  SECRETS,
  SERVICE_ACCOUNTS,
} from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newDefaultAccountController } from './default-account-controller.ts';
import { newRootCaPublisher } from './root-ca-publisher.ts';
import { newTokenController } from './token-controller.ts';

const NAMESPACE: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
const ACCOUNT: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace: 'a', name: 'builder', uid: 'sa-uid' },
};

function secretOf(name: string, account = 'builder', uid?: string): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace: 'a',
      name,
      annotations: {
        'kubernetes.io/service-account.name': account,
        ...(uid ? { 'kubernetes.io/service-account.uid': uid } : {}),
      },
    },
    type: 'kubernetes.io/service-account-token',
  };
}

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

describe('the default account controller', () => {
  it('makes the account, again after a delete, and none where the namespace is going', async () => {
    const going = { ...NAMESPACE, metadata: { name: 'b', deletionTimestamp: 'now' } };
    harness.client.add(NAMESPACES, NAMESPACE, going);
    await harness.start(newDefaultAccountController(harness.deps));
    const keys = () => harness.client.all(SERVICE_ACCOUNTS).map((one) => one.metadata.namespace);
    expect(keys()).toEqual(['a']);
    harness.client.remove(SERVICE_ACCOUNTS, { namespace: 'a', name: 'default' });
    await harness.settle();
    expect(keys()).toEqual(['a']);
  });
});

describe('the root CA publisher', () => {
  it('publishes, and puts back what was changed', async () => {
    harness.client.add(NAMESPACES, NAMESPACE);
    await harness.start(newRootCaPublisher(harness.deps, 'PEM'));
    const ref = { namespace: 'a', name: 'kube-root-ca.crt' };
    const current = harness.client.find(CONFIG_MAPS, ref);
    expect(current?.data).toEqual({ 'ca.crt': 'PEM' });
    if (current) harness.client.add(CONFIG_MAPS, { ...current, data: {} });
    await harness.settle();
    expect(harness.client.find(CONFIG_MAPS, ref)?.data).toEqual({ 'ca.crt': 'PEM' });
  });
});

describe('the token controller', () => {
  async function run(): Promise<void> {
    const options = {
      issueToken: async (account: { name: string }, secret: { name: string }) =>
        `token of ${account.name} in ${secret.name}`,
      rootCaPem: 'PEM',
    };
    await harness.start(newTokenController(harness.deps, options));
  }
  const read = (name: string) => {
    const { data = {} } = harness.client.find(SECRETS, { namespace: 'a', name }) ?? {};
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  };

  it('fills a secret once, with uid, token, authority and namespace', async () => {
    harness.client.add(SERVICE_ACCOUNTS, ACCOUNT);
    harness.client.add(SECRETS, secretOf('s'));
    await run();
    expect(read('s')).toEqual({
      token: 'token of builder in s',
      'ca.crt': 'PEM',
      namespace: 'a',
    });
    const { metadata } = harness.client.find(SECRETS, { namespace: 'a', name: 's' }) ?? {};
    expect(metadata?.annotations?.['kubernetes.io/service-account.uid']).toBe('sa-uid');
    expect(harness.client.writes()).toEqual(['update secrets a/s']);
  });

  it('leaves other secrets alone', async () => {
    harness.client.add(SECRETS, { ...secretOf('s', 'nobody'), type: 'Opaque' });
    await run();
    expect(harness.client.writes()).toEqual([]);
  });

  it('removes a secret of an account that does not exist, or is another one by now', async () => {
    harness.client.add(SERVICE_ACCOUNTS, ACCOUNT);
    harness.client.add(
      SECRETS,
      secretOf('orphan', 'gone'),
      secretOf('old', 'builder', 'other-uid'),
    );
    await run();
    expect(harness.client.all(SECRETS)).toEqual([]);
  });

  it('removes the secrets of an account that goes', async () => {
    harness.client.add(SERVICE_ACCOUNTS, ACCOUNT);
    harness.client.add(SECRETS, secretOf('s'));
    await run();
    harness.client.remove(SERVICE_ACCOUNTS, { namespace: 'a', name: 'builder' });
    await harness.settle();
    expect(harness.client.all(SECRETS)).toEqual([]);
  });
});
