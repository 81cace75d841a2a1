import { describe, expect, it } from 'vitest';
import type { RequestFacts } from '../contracts.ts';
import { cachingAuthenticator } from './token-cache.ts';

function facts(authorization: string): RequestFacts {
  return { headers: { authorization }, peerCertificate: undefined, path: '/', remoteAddress: '' };
}

function counting() {
  const asked: string[] = [];
  const authenticate = (about: RequestFacts) => {
    const token = String(about.headers.authorization);
    asked.push(token);
    return token === 'bad' ? undefined : { name: token, groups: [] };
  };
  return { asked, authenticate };
}

describe('cachingAuthenticator', () => {
  it('asks once for a good token, and again when its time is over', async () => {
    let now = 0;
    const inner = counting();
    const authenticator = cachingAuthenticator(inner, () => now, 100);
    for (const time of [0, 50, 99, 100]) {
      now = time;
      expect(await authenticator.authenticate(facts('good'))).toEqual({ name: 'good', groups: [] });
    }
    expect(inner.asked).toEqual(['good', 'good']);
  });

  it('asks every time for a token that is refused', async () => {
    const inner = counting();
    const authenticator = cachingAuthenticator(inner, () => 0, 100);
    expect(await authenticator.authenticate(facts('bad'))).toBeUndefined();
    expect(await authenticator.authenticate(facts('bad'))).toBeUndefined();
    expect(inner.asked).toHaveLength(2);
  });
});
