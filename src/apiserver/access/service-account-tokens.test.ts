import { beforeAll, describe, expect, it } from 'vitest';
import type { ServiceAccount } from '../../apis/core/v1/types.ts';
import { newSigningKey } from './certificate-authority.ts';
import { ServiceAccountTokens, type TokenLookups } from './service-account-tokens.ts';

const account: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'builder', namespace: 'p1', uid: 'sa-uid' },
};
const subject = { namespace: 'p1', name: 'builder', uid: 'sa-uid' };
const lookups = (over: Partial<TokenLookups> = {}): TokenLookups => ({
  serviceAccount: async () => account,
  boundObjectUid: async () => 'pod-uid',
  ...over,
});
let key: string;
let time = new Date('2026-05-01T10:00:00Z');
let tokens: ServiceAccountTokens;

beforeAll(async () => {
  key = await newSigningKey();
  tokens = new ServiceAccountTokens(key, () => time);
});

describe('service account tokens', () => {
  it('make the account a user with the groups of Kubernetes', async () => {
    const { token, expirationTimestamp } = await tokens.issue(subject, { expirationSeconds: 3600 });
    expect(expirationTimestamp).toBe('2026-05-01T11:00:00Z');
    expect(await tokens.authenticate(token, lookups())).toEqual({
      name: 'system:serviceaccount:p1:builder',
      uid: 'sa-uid',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:p1', 'system:authenticated'],
    });
  });

  it('end at their expiry', async () => {
    const { token } = await tokens.issue(subject, { expirationSeconds: 600 });
    time = new Date(time.getTime() + 601_000);
    expect(await tokens.authenticate(token, lookups())).toBeUndefined();
  });

  it('end when the account was deleted and made anew', async () => {
    const { token } = await tokens.issue(subject, {});
    const anew = { ...account, metadata: { ...account.metadata, uid: 'other' } };
    expect(
      await tokens.authenticate(token, lookups({ serviceAccount: async () => anew })),
    ).toBeUndefined();
  });

  it('end with the pod that they are bound to', async () => {
    const boundObjectRef = { kind: 'Pod', name: 'web', uid: 'pod-uid' } as const;
    const { token } = await tokens.issue(subject, { expirationSeconds: 600, boundObjectRef });
    expect((await tokens.authenticate(token, lookups()))?.extra).toEqual({
      'authentication.kubernetes.io/pod-name': ['web'],
      'authentication.kubernetes.io/pod-uid': ['pod-uid'],
    });
    expect(
      await tokens.authenticate(token, lookups({ boundObjectUid: async () => undefined })),
    ).toBeUndefined();
  });

  it('are refused for another audience, another key, or when tampered with', async () => {
    const other = await tokens.issue(subject, { audiences: ['vault'] });
    expect(await tokens.authenticate(other.token, lookups())).toBeUndefined();
    const stranger = new ServiceAccountTokens(await newSigningKey(), () => time);
    const { token } = await stranger.issue(subject, {});
    expect(await tokens.authenticate(token, lookups())).toBeUndefined();
    const good = (await tokens.issue(subject, {})).token;
    const [head, , signature] = good.split('.');
    const forged = Buffer.from('{"iss":"https://kubernetes.default.svc"}').toString('base64url');
    expect(await tokens.authenticate(`${head}.${forged}.${signature}`, lookups())).toBeUndefined();
  });
});
