import { INVALID_SINCE } from '../../apis/core/v1/legacy-tokens.ts';
import type { Secret, ServiceAccount } from '../../apis/core/v1/types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { TokenMetrics } from '../metrics/token-metrics.ts';
import { TokenError } from './token-outcome.ts';

/** After this long in deletion an account or object invalidates its tokens. */
const DELETION_LEEWAY_MS = 60_000;

interface Reference {
  readonly name: string;
  readonly uid: string;
}

/** KubernetesClaims are the claims `kubernetes.io` of a token. */
export interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: Reference;
}

/** TokenLookups let validation see whether account and bound object are still the same ones. */
export interface TokenLookups {
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  /** boundObject answers a Pod, Secret or Node, undefined when it is gone. */
  boundObject(
    kind: 'pod' | 'secret' | 'node',
    namespace: string,
    name: string,
  ): Promise<KubeObject | undefined>;
  /** legacyTokenUsed is told of every use of a token that does not expire. */
  legacyTokenUsed?(secret: Secret): void;
  /** Counts the use of tokens. */
  readonly metrics?: TokenMetrics;
}

interface When {
  readonly now: Date;
  /** True for a token that does not expire. */
  readonly isLegacy: boolean;
}

function isGone(object: KubeObject, now: Date): boolean {
  const { deletionTimestamp } = object.metadata;
  if (deletionTimestamp === undefined) return false;
  return now.getTime() > Date.parse(deletionTimestamp) + DELETION_LEEWAY_MS;
}

async function checkAccount(claims: KubernetesClaims, lookups: TokenLookups, now: Date) {
  const { namespace, serviceaccount } = claims;
  const { name, uid } = serviceaccount;
  const account = await lookups.serviceAccount(namespace, name);
  if (!account) throw new TokenError(`serviceaccounts ${JSON.stringify(name)} not found`);
  if (isGone(account, now))
    throw new TokenError(`service account ${namespace}/${name} has been deleted`);
  if (account.metadata.uid !== uid) {
    throw new TokenError(
      `service account UID (${account.metadata.uid}) does not match claim (${uid})`,
    );
  }
  return account;
}

const WHAT = {
  pod: 'pod UID (%s) does not match service account pod ref claim (%s)',
  secret: 'secret UID (%s) does not match service account secret ref claim (%s)',
  node: 'node UID (%s) does not match service account node ref claim (%s)',
} as const;

function checkLegacy(
  claims: KubernetesClaims,
  secret: Secret,
  { account, lookups }: { readonly account: ServiceAccount; readonly lookups: TokenLookups },
): void {
  const { namespace, name } = secret.metadata;
  if (secret.metadata.labels?.[INVALID_SINCE] !== undefined) {
    lookups.metrics?.secretUsed('invalid');
    throw new TokenError(
      `the token in secret ${namespace}/${name} for service account ${claims.namespace}/${claims.serviceaccount.name} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`,
    );
  }
  const isAutomatic = account.secrets?.some((one) => one.name === name);
  lookups.metrics?.secretUsed(isAutomatic ? 'automatic' : 'manual');
  lookups.legacyTokenUsed?.(secret);
}

/**
 * checkBound throws a TokenError when the account of a token, or the pod, secret or node with which
 * it ends, is gone or another one. The node of a pod's token is not looked at: the pod decides.
 */
export async function checkBound(
  claims: KubernetesClaims,
  lookups: TokenLookups,
  { now, isLegacy }: When,
): Promise<void> {
  const account = await checkAccount(claims, lookups, now);
  const kinds = claims.pod ? (['pod', 'secret'] as const) : (['secret', 'node'] as const);
  for (const kind of kinds) {
    const reference = claims[kind];
    if (!reference) continue;
    const { name, uid } = reference;
    const namespace = kind === 'node' ? '' : claims.namespace;
    const object = await lookups.boundObject(kind, namespace, name);
    if (!object || isGone(object, now))
      throw new TokenError('service account token has been invalidated');
    if (object.metadata.uid !== uid)
      throw new TokenError(WHAT[kind].replace('%s', object.metadata.uid ?? '').replace('%s', uid));
    if (kind === 'secret' && isLegacy) checkLegacy(claims, object as Secret, { account, lookups });
  }
}
