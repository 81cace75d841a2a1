import { dayOf, LAST_USED } from '../../apis/core/v1/legacy-tokens.ts';
import type { Secret } from '../../apis/core/v1/types.ts';
import { SECRETS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { ApiLog } from '../contracts.ts';

interface TrackerDeps {
  readonly client: Client;
  readonly log: ApiLog;
  now(): Date;
}

/**
 * newLegacyTokenTracker labels the secret of a token that does not expire with the day on which the
 * token was used last, so that those can be found that nobody uses (kube-apiserver does the same).
 * The request goes on meanwhile.
 */
export function newLegacyTokenTracker({ client, log, now }: TrackerDeps) {
  const busy = new Set<string>();
  return (secret: Secret): void => {
    const { namespace, name = '', uid = '', labels } = secret.metadata;
    const day = dayOf(now());
    if (labels?.[LAST_USED] === day || busy.has(uid)) return;
    busy.add(uid);
    const body = { metadata: { uid, labels: { [LAST_USED]: day } } };
    client
      .patch(SECRETS, { namespace, name }, { type: 'application/merge-patch+json', body })
      .catch((error: unknown) => log.warn({ err: error }, 'the use of a token was not noted'))
      .finally(() => busy.delete(uid));
  };
}
