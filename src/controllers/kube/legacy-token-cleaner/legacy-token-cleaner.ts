import {
  dayOf,
  INVALID_SINCE,
  isDay,
  LAST_USED,
  LEGACY_TOKEN_TRACKING,
  trackedSince,
} from '../../../apis/core/v1/legacy-tokens.ts';
import { podUses } from '../../../apis/core/v1/pod-references.ts';
import type { Secret } from '../../../apis/core/v1/types.ts';
import { CONFIG_MAPS, PODS, SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNUSED_MS = 365 * DAY_MS;
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const KEY = 'tokens';

/** What becomes of the secret of a token. */
type Verdict = 'stays' | 'invalid' | 'goes';

interface Times {
  readonly now: Date;
  /** What was made or used on that day or later stays. */
  readonly limit: Date;
}

function verdictOf({ metadata }: Secret, { limit }: Times): Verdict {
  const { creationTimestamp = '', deletionTimestamp, labels = {} } = metadata;
  const day = dayOf(limit);
  if (deletionTimestamp || Date.parse(creationTimestamp) >= limit.getTime()) return 'stays';
  const used = labels[LAST_USED];
  if (used !== undefined && (!isDay(used) || used >= day)) return 'stays';
  const since = labels[INVALID_SINCE];
  if (!isDay(since)) return 'invalid';
  return since >= day ? 'stays' : 'goes';
}

async function isTrackedLongEnough(client: Client, now: Date): Promise<boolean> {
  try {
    const since = trackedSince(await client.get(CONFIG_MAPS, LEGACY_TOKEN_TRACKING));
    // The day on which it began counts for nothing.
    return since !== undefined && now.getTime() >= Date.parse(since) + DAY_MS + UNUSED_MS;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function ignoreRace(error: unknown): void {
  if (!isConflict(error) && !isNotFound(error)) throw error;
}

/**
 * newLegacyTokenCleaner looks once a day for tokens that do not expire, were made by themselves for
 * an account, and that nobody has used or mounted for a year: they are marked as invalid, and go
 * after another year (kube-controller-manager's `legacy-serviceaccount-token-cleaner`).
 */
export function newLegacyTokenCleaner({
  client,
  informers,
  clock,
  log,
}: ControllerDeps): Controller {
  const secrets = informers.informer(SECRETS);
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  const pods = informers.informer(PODS);

  /** Only accounts say which secrets were made for them without anybody asking. */
  function isGenerated({ metadata }: Secret): boolean {
    const { namespace = '', name = '', annotations = {} } = metadata;
    const account = accounts.get(`${namespace}/${annotations[ACCOUNT_NAME]}`);
    const uid = annotations[ACCOUNT_UID];
    if (!account || (uid && uid !== account.metadata.uid)) return false;
    return account.secrets?.some((one) => one.name === name) ?? false;
  }

  function isMounted({ metadata: { namespace = '', name = '' } }: Secret): boolean {
    return pods.list(namespace).some((pod) => podUses(pod, 'secrets', name));
  }

  async function apply(secret: Secret, verdict: Verdict, now: Date): Promise<void> {
    const { namespace, name = '', uid, resourceVersion } = secret.metadata;
    const about = { secret: `${namespace}/${name}` };
    if (verdict === 'invalid') {
      log.info(about, 'the token of a service account is marked as invalid: nobody uses it');
      const body = { metadata: { uid, labels: { [INVALID_SINCE]: dayOf(now) } } };
      const patch = { type: 'application/merge-patch+json', body } as const;
      await client.patch(SECRETS, { namespace, name }, patch).catch(ignoreRace);
    } else if (verdict === 'goes') {
      log.info(about, 'the unused token of a service account is removed');
      const preconditions = { ...(resourceVersion && { resourceVersion }) };
      await client.delete(SECRETS, { namespace, name }, { preconditions }).catch(ignoreRace);
    }
  }

  return {
    name: 'legacy-serviceaccount-token-cleaner',
    // Changes concern it once a day only; it waits until all are known.
    sources: [SECRETS, SERVICE_ACCOUNTS, PODS].map((type) => source(type, () => [])),
    begin(enqueue) {
      enqueue(KEY);
      return () => undefined;
    },
    reconcile: async () => {
      const now = clock.now();
      if (await isTrackedLongEnough(client, now)) {
        const times = { now, limit: new Date(now.getTime() - UNUSED_MS) };
        for (const secret of secrets.list()) {
          if (secret.type !== TOKEN_TYPE) continue;
          const verdict = verdictOf(secret, times);
          if (verdict === 'stays' || !isGenerated(secret) || isMounted(secret)) continue;
          await apply(secret, verdict, now);
        }
      }
      return { requeueAfterMs: DAY_MS };
    },
  };
}
