import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HandedFacts } from '../http/http-request.ts';
import type { UserInfo } from '../resource-definition.ts';

/** HANDED_HEADER is the header with which a front thread hands a request to the main thread. */
export const HANDED_HEADER = 'x-sampan-handed';

const users = new WeakMap<UserInfo, string>();

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** handedHeader says who sends a request, with the secret that the threads share. */
export function handedHeader(secret: string, { user, remoteAddress }: HandedFacts): string {
  let text = users.get(user);
  if (text === undefined) {
    text = encoded(user);
    users.set(user, text);
  }
  return `${secret} ${text} ${encoded(remoteAddress)}`;
}

function decoded(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * takeHanded reads who sends a request and takes the header away, so that nobody whom the request
 * is passed on to gets it. Undefined where the secret is not there.
 */
export function takeHanded(request: IncomingMessage, secret: string): HandedFacts | undefined {
  const header = request.headers[HANDED_HEADER];
  delete request.headers[HANDED_HEADER];
  if (typeof header !== 'string') return undefined;
  const [given = '', user = '', remoteAddress = ''] = header.split(' ');
  if (!isSame(given, secret)) return undefined;
  return { user: decoded(user) as UserInfo, remoteAddress: decoded(remoteAddress) as string };
}
