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

/** MAX_SENDERS bounds how many of those who sent something are remembered. */
const MAX_SENDERS = 1000;

const senders = new Map<string, HandedFacts>();

/** senderOf reads who sends a request; most have sent others before. */
function senderOf(text: string): HandedFacts {
  const known = senders.get(text);
  if (known) return known;
  const [user = '', remoteAddress = ''] = text.split(' ');
  const facts = {
    user: decoded(user) as UserInfo,
    remoteAddress: decoded(remoteAddress) as string,
  };
  if (senders.size >= MAX_SENDERS) senders.clear();
  senders.set(text, facts);
  return facts;
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
  const end = header.indexOf(' ');
  if (!isSame(header.slice(0, end), secret)) return undefined;
  return senderOf(header.slice(end + 1));
}
