import { randomInt } from 'node:crypto';
import type { Secret, ServiceAccount } from '../../../apis/core/v1/types.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const TOKEN_SECRET_NAME = 'openshift.io/token-secret.name';
const TOKEN_SECRET_VALUE = 'openshift.io/token-secret.value';
const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789';

/** RegistrySecretsOptions: the names under which pods and builds know the integrated registry. */
export interface RegistrySecretsOptions {
  readonly registryHosts: readonly string[];
}

const SUFFIX_LENGTH = 5;

const suffix = () =>
  Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX[randomInt(SUFFIX.length)]).join('');

const belongsTo = (secret: Secret, account: ServiceAccount) =>
  secret.metadata.annotations?.[ACCOUNT_NAME] === account.metadata.name &&
  secret.metadata.annotations?.[ACCOUNT_UID] === account.metadata.uid;

function ownedBy(account: ServiceAccount) {
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      name: account.metadata.name ?? '',
      uid: account.metadata.uid ?? '',
    },
  ];
}

function tokenSecret(account: ServiceAccount): Secret {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-token-${suffix()}`,
      namespace,
      annotations: { [ACCOUNT_NAME]: name, [ACCOUNT_UID]: uid },
      ownerReferences: ownedBy(account),
    },
    type: 'kubernetes.io/service-account-token',
  };
}

/** dockercfgOf is the content of a `.dockercfg` that logs in to each host with a token. */
function dockercfgOf(hosts: readonly string[], token: string): string {
  const auth = Buffer.from(`serviceaccount:${token}`).toString('base64');
  const entry = {
    username: 'serviceaccount',
    password: token,
    email: 'serviceaccount@example.org',
    auth,
  };
  return JSON.stringify(Object.fromEntries(hosts.map((host) => [host, entry])));
}

function dockercfgSecret(account: ServiceAccount, token: Secret, hosts: readonly string[]): Secret {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const value = Buffer.from(token.data?.token ?? '', 'base64').toString();
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-dockercfg-${suffix()}`,
      namespace,
      annotations: {
        [ACCOUNT_NAME]: name,
        [ACCOUNT_UID]: uid,
        [TOKEN_SECRET_NAME]: token.metadata.name ?? '',
        [TOKEN_SECRET_VALUE]: value,
      },
      ownerReferences: ownedBy(account),
    },
    type: 'kubernetes.io/dockercfg',
    data: { '.dockercfg': Buffer.from(dockercfgOf(hosts, value)).toString('base64') },
  };
}

function lists(account: ServiceAccount, secretName: string): boolean {
  const named = (list: readonly { name?: string }[] | undefined) =>
    list?.some((one) => one.name === secretName) ?? false;
  return named(account.secrets) && named(account.imagePullSecrets);
}

/**
 * newRegistrySecretsController gives every service account a token secret and a dockercfg secret
 * for the integrated registry, and names the latter in `secrets` and `imagePullSecrets`, as
 * OpenShift 4.13 does. The token secret is filled by Kubernetes' token controller.
 */
export function newRegistrySecretsController(
  { client, informers }: ControllerDeps,
  options: RegistrySecretsOptions,
): Controller {
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  const secrets = informers.informer(SECRETS);

  /** nameInAccount names a secret in its account, in place of those that were deleted. */
  async function nameInAccount(account: ServiceAccount, secretName: string): Promise<void> {
    if (lists(account, secretName)) return;
    const reference = { name: secretName };
    const prefix = `${account.metadata.name}-dockercfg-`;
    const isMade = (name = '') =>
      name.startsWith(prefix) && name.length === prefix.length + SUFFIX_LENGTH;
    const without = <T extends { name?: string }>(list: readonly T[] = []) =>
      list.filter((one) => one.name !== secretName && !isMade(one.name));
    await client.update(SERVICE_ACCOUNTS, {
      ...account,
      secrets: [...without(account.secrets), reference],
      imagePullSecrets: [...without(account.imagePullSecrets), reference],
    });
  }

  async function reconcile(key: string) {
    const cached = accounts.get(key);
    if (!cached || cached.metadata.deletionTimestamp) return undefined;
    const account = await currentAccount(cached);
    if (!account) return undefined;
    const own = await ownSecrets(account);
    const dockercfg = own.find((one) => one.type === 'kubernetes.io/dockercfg');
    if (dockercfg) {
      await nameInAccount(account, dockercfg.metadata.name ?? '');
      return undefined;
    }
    const token = own.find((one) => one.type === 'kubernetes.io/service-account-token');
    if (!token) {
      await client.create(SECRETS, tokenSecret(account));
      return undefined;
    }
    if (!token.data?.token) return undefined;
    const created = await client.create(
      SECRETS,
      dockercfgSecret(account, token, options.registryHosts),
    );
    await nameInAccount(account, created.metadata.name ?? '');
    return undefined;
  }

  async function currentAccount(cached: ServiceAccount): Promise<ServiceAccount | undefined> {
    const { namespace, name = '' } = cached.metadata;
    if (isComplete(cached)) return cached;
    try {
      const live = await client.get(SERVICE_ACCOUNTS, { namespace, name });
      return live.metadata.uid === cached.metadata.uid ? live : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  function isComplete(account: ServiceAccount): boolean {
    return secrets
      .list(account.metadata.namespace)
      .some(
        (one) =>
          one.type === 'kubernetes.io/dockercfg' &&
          belongsTo(one, account) &&
          lists(account, one.metadata.name ?? ''),
      );
  }

  /** ownSecrets reads the cache, and asks the server before anything would be created twice. */
  async function ownSecrets(account: ServiceAccount): Promise<readonly Secret[]> {
    const { namespace } = account.metadata;
    const cached = secrets.list(namespace).filter((one) => belongsTo(one, account));
    if (cached.some((one) => one.type === 'kubernetes.io/dockercfg')) return cached;
    const live = await client.list(SECRETS, { namespace });
    return live.items.filter((one) => belongsTo(one, account));
  }

  return {
    name: 'openshift-dockercfg',
    concurrency: 4,
    sources: [
      source(SERVICE_ACCOUNTS, (one) => [objectKey(one)]),
      source(SECRETS, (one) => {
        const account = one.metadata.annotations?.[ACCOUNT_NAME];
        return account ? [`${one.metadata.namespace}/${account}`] : [];
      }),
    ],
    reconcile,
  };
}
