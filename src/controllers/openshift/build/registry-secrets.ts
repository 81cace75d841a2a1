import type { LocalObjectReference, Secret } from '../../../apis/core/v1/types.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import {
  dockerClientDefaults,
  tryParseImageReference,
} from '../../../machinery/image-reference.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

const KEYS: Readonly<Record<string, string>> = {
  'kubernetes.io/dockercfg': '.dockercfg',
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
};

function isRegistrySecret(secret: Secret): boolean {
  return KEYS[secret.type ?? ''] !== undefined;
}

function hostsOf(secret: Secret): readonly string[] {
  const key = KEYS[secret.type ?? ''] ?? '';
  try {
    const text = Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
    const parsed = JSON.parse(text) as Record<string, unknown> & { auths?: object };
    const servers = Object.keys(parsed.auths ?? parsed);
    return servers.map((server) => server.replace(/^https?:\/\//, '').replace(/\/.*$/, ''));
  } catch {
    return [];
  }
}

/** accountSecrets answers the registry secrets that a service account names; a missing account throws. */
export async function accountSecrets(
  client: Client,
  namespace: string,
  account: string,
): Promise<readonly Secret[]> {
  const { secrets = [] } = await client.get(SERVICE_ACCOUNTS, { namespace, name: account });
  const found = await Promise.all(
    secrets.map(async ({ name = '' }) => {
      try {
        return await client.get(SECRETS, { namespace, name });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }),
  );
  return found.filter((one) => one !== undefined).filter(isRegistrySecret);
}

/** secretFor chooses the secret for an image: one that knows its registry, else the first. */
export function secretFor(
  secrets: readonly Secret[],
  image: string,
): LocalObjectReference | undefined {
  const parsed = tryParseImageReference(image);
  const host = parsed && dockerClientDefaults(parsed).registry;
  const best = secrets.find((one) => host !== undefined && hostsOf(one).includes(host));
  const name = (best ?? secrets[0])?.metadata.name;
  return name === undefined ? undefined : { name };
}
