import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { USER_HEADERS } from './user-headers.ts';

const NAMESPACE = 'kube-system';
const NAME = 'extension-apiserver-authentication';

/** AuthenticationFacts is what an aggregated server has to know to believe this one. */
export interface AuthenticationFacts {
  /** Who signs the certificates of clients. */
  readonly clientCaPem: string;
  /** Who signs the certificate with which this server names users. */
  readonly frontProxyCaPem: string;
  readonly frontProxyNames: readonly string[];
}

/** ensureAuthenticationConfig writes down in the cluster how aggregated servers know their users. */
export async function ensureAuthenticationConfig(
  client: Client,
  facts: AuthenticationFacts,
): Promise<void> {
  const data = {
    'client-ca-file': facts.clientCaPem,
    'requestheader-allowed-names': JSON.stringify(facts.frontProxyNames),
    'requestheader-client-ca-file': facts.frontProxyCaPem,
    'requestheader-extra-headers-prefix': JSON.stringify([USER_HEADERS.extraPrefix]),
    'requestheader-group-headers': JSON.stringify([USER_HEADERS.group]),
    'requestheader-uid-headers': JSON.stringify([USER_HEADERS.uid]),
    'requestheader-username-headers': JSON.stringify([USER_HEADERS.user]),
  };
  const metadata = { namespace: NAMESPACE, name: NAME };
  const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  if (await createUnlessExists(client, CONFIG_MAPS, object)) return;
  const current = await client.get(CONFIG_MAPS, metadata);
  if (!deepEqual(current.data, data)) await client.update(CONFIG_MAPS, { ...current, data });
}
