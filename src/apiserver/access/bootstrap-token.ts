import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../apis/core/v1/types.ts';
import type { UserInfo } from '../resource-definition.ts';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const TYPE = 'bootstrap.kubernetes.io/token';

/** BOOTSTRAPPERS is the group of everybody who logs in with a bootstrap token. */
const BOOTSTRAPPERS = 'system:bootstrappers';

/** FindSecret answers a Secret of kube-system. */
export type FindSecret = (name: string) => Promise<Secret | undefined>;

function textOf(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function isExpired(secret: Secret, now: Date): boolean {
  const end = textOf(secret, 'expiration');
  if (end === '') return false;
  const time = Date.parse(end);
  return Number.isNaN(time) || time <= now.getTime();
}

function extraGroups(secret: Secret): string[] | undefined {
  const groups = textOf(secret, 'auth-extra-groups')
    .split(',')
    .filter((one) => one !== '');
  return groups.every((one) => GROUP.test(one)) ? groups : undefined;
}

/**
 * userOfBootstrapToken answers the user of a token `ID.SECRET` that a Secret of kube-system names,
 * as long as that has not expired and says that one may log in with it; undefined: it is no good
 * one (kube-apiserver's `--enable-bootstrap-token-auth`).
 */
export async function userOfBootstrapToken(
  token: string,
  find: FindSecret,
  now: Date,
): Promise<UserInfo | undefined> {
  const [, id, part] = TOKEN.exec(token) ?? [];
  if (id === undefined || part === undefined) return undefined;
  const secret = await find(`bootstrap-token-${id}`);
  if (secret?.type !== TYPE || secret.metadata.deletionTimestamp) return undefined;
  if (!isSame(textOf(secret, 'token-secret'), part) || textOf(secret, 'token-id') !== id)
    return undefined;
  if (isExpired(secret, now)) return undefined;
  if (textOf(secret, 'usage-bootstrap-authentication') !== 'true') return undefined;
  const more = extraGroups(secret);
  return more && { name: `system:bootstrap:${id}`, groups: [BOOTSTRAPPERS, ...more] };
}
