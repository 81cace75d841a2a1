import type { Secret, ServiceAccount } from '../../../apis/core/v1/types.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';

const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const NAME_ANNOTATION = 'kubernetes.io/service-account.name';
const UID_ANNOTATION = 'kubernetes.io/service-account.uid';
const BY_ACCOUNT = 'token-account';

/** IssueToken signs a token that is good as long as the account and the secret exist. */
export type IssueToken = (
  account: { readonly namespace: string; readonly name: string; readonly uid: string },
  secret: { readonly name: string; readonly uid: string },
) => Promise<string>;

/** TokenControllerOptions: the certificate authority goes into every secret as `ca.crt`. */
export interface TokenControllerOptions {
  readonly issueToken: IssueToken;
  readonly rootCaPem: string;
}

/**
 * newTokenController fills secrets of type `kubernetes.io/service-account-token` and removes those
 * whose service account is gone (kube-controller-manager's `serviceaccount-token`).
 */
export function newTokenController(
  { client, informers }: ControllerDeps,
  options: TokenControllerOptions,
): Controller {
  const secrets = informers.informer(SECRETS);
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  secrets.addIndex(BY_ACCOUNT, (secret) => {
    const account = accountKey(secret);
    return account ? [account] : [];
  });
  return {
    name: 'service-account-token',
    concurrency: 2,
    sources: [
      source(SECRETS, (secret) => (accountKey(secret) ? [objectKey(secret)] : [])),
      source(SERVICE_ACCOUNTS, (account) =>
        secrets.byIndex(BY_ACCOUNT, objectKey(account)).map(objectKey),
      ),
    ],
    reconcile: async (key) => {
      const secret = secrets.get(key);
      const of = secret && accountKey(secret);
      if (!secret || !of || secret.metadata.deletionTimestamp) return undefined;
      const account = accounts.get(of) ?? (await liveAccount(client, secret));
      if (!account || !isFor(secret, account)) await removeSecret(client, secret);
      else await fill(client, secret, account, options);
      return undefined;
    },
  };
}

function accountKey(secret: Secret): string | undefined {
  const name = secret.metadata.annotations?.[NAME_ANNOTATION];
  return secret.type === TOKEN_TYPE && name ? `${secret.metadata.namespace}/${name}` : undefined;
}

/** isFor: a secret that names no uid yet is for whichever account has the name. */
function isFor(secret: Secret, account: ServiceAccount): boolean {
  const uid = secret.metadata.annotations?.[UID_ANNOTATION];
  return !uid || uid === account.metadata.uid;
}

async function liveAccount(client: Client, secret: Secret): Promise<ServiceAccount | undefined> {
  const { namespace, annotations } = secret.metadata;
  const name = annotations?.[NAME_ANNOTATION] ?? '';
  return client.get(SERVICE_ACCOUNTS, { namespace, name }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

async function removeSecret(client: Client, secret: Secret): Promise<void> {
  const { namespace, name = '', uid = '', resourceVersion = '' } = secret.metadata;
  const preconditions = { uid, resourceVersion };
  await client.delete(SECRETS, { namespace, name }, { preconditions }).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}

async function fill(
  client: Client,
  secret: Secret,
  account: ServiceAccount,
  { issueToken, rootCaPem }: TokenControllerOptions,
): Promise<void> {
  const { namespace = '', name = '', uid = '' } = account.metadata;
  const { data = {}, metadata } = secret;
  const wanted = { 'ca.crt': base64(rootCaPem), namespace: base64(namespace) };
  const filled = data['ca.crt'] === wanted['ca.crt'] && data.namespace === wanted.namespace;
  if (filled && data.token && metadata.annotations?.[UID_ANNOTATION] === uid) return;
  const token =
    data.token ??
    base64(
      await issueToken(
        { namespace, name, uid },
        { name: metadata.name ?? '', uid: metadata.uid ?? '' },
      ),
    );
  await client.update(SECRETS, {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [UID_ANNOTATION]: uid } },
    data: { ...data, ...wanted, token },
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
