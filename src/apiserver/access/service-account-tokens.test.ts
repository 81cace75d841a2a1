import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ServiceAccount } from '../../apis/core/v1/types.ts';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { TokenMetrics } from '../metrics/token-metrics.ts';
import { newSigningKey } from './certificate-authority.ts';
import { ServiceAccountTokens, type TokenLookups } from './service-account-tokens.ts';
import { keySetOf } from './signing-keys.ts';

const EXTRA = 'authentication.kubernetes.io';

const account: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'builder', namespace: 'p1', uid: 'sa-uid' },
};
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', uid: 'pod-uid' } };
const subject = { namespace: 'p1', name: 'builder', uid: 'sa-uid' };
const lookups = (over: Partial<TokenLookups> = {}): TokenLookups => ({
  serviceAccount: async () => account,
  boundObject: async () => POD,
  ...over,
});
let key: string;
let time = new Date('2026-05-01T10:00:00Z');
let tokens: ServiceAccountTokens;

beforeAll(async () => {
  key = await newSigningKey();
  tokens = new ServiceAccountTokens({ signingKeyPem: key }, () => time);
});

describe('service account tokens', () => {
  it('make the account a user with the groups of Kubernetes', async () => {
    const { token, expirationTimestamp } = await tokens.issue(subject, { expirationSeconds: 3600 });
    expect(expirationTimestamp).toBe('2026-05-01T11:00:00Z');
    expect(await tokens.authenticate(token, lookups())).toEqual({
      user: {
        name: 'system:serviceaccount:p1:builder',
        uid: 'sa-uid',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:p1', 'system:authenticated'],
        extra: { [`${EXTRA}/credential-id`]: [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)] },
      },
      audiences: ['https://kubernetes.default.svc'],
    });
  });

  it('end at their expiry', async () => {
    const { token } = await tokens.issue(subject, { expirationSeconds: 600 });
    time = new Date(time.getTime() + 601_000);
    await expect(tokens.authenticate(token, lookups())).rejects.toThrow(
      'service account token has expired',
    );
  });

  it('end when the account was deleted and made anew', async () => {
    const { token } = await tokens.issue(subject, {});
    const of = (found: ServiceAccount | undefined) =>
      tokens.authenticate(token, lookups({ serviceAccount: async () => found }));
    await expect(of({ ...account, metadata: { uid: 'other' } })).rejects.toThrow(
      'service account UID (other) does not match claim (sa-uid)',
    );
    await expect(of(undefined)).rejects.toThrow('serviceaccounts "builder" not found');
    const going = (ago: number) => ({
      ...account,
      metadata: {
        ...account.metadata,
        deletionTimestamp: new Date(time.getTime() - ago).toISOString(),
      },
    });
    await expect(of(going(30_000))).resolves.toBeDefined();
    await expect(of(going(61_000))).rejects.toThrow('service account p1/builder has been deleted');
  });

  it('end with the pod that they are bound to', async () => {
    const node = { name: 'n1', uid: 'node-uid' };
    const boundObjectRef = { kind: 'Pod', name: 'web', uid: 'pod-uid', node } as const;
    const { token } = await tokens.issue(subject, { expirationSeconds: 600, boundObjectRef });
    expect((await tokens.authenticate(token, lookups()))?.user.extra).toMatchObject({
      [`${EXTRA}/node-name`]: ['n1'],
      [`${EXTRA}/node-uid`]: ['node-uid'],
      [`${EXTRA}/pod-name`]: ['web'],
      [`${EXTRA}/pod-uid`]: ['pod-uid'],
    });
    const of = (found: KubeObject | undefined) =>
      tokens.authenticate(token, lookups({ boundObject: async () => found }));
    await expect(of(undefined)).rejects.toThrow('service account token has been invalidated');
    await expect(of({ ...POD, metadata: { uid: 'x' } })).rejects.toThrow(
      'pod UID (x) does not match service account pod ref claim (pod-uid)',
    );
  });

  it('of secrets tell of their use, until the secret is marked invalid', async () => {
    const boundObjectRef = { kind: 'Secret', name: 's', uid: 'secret-uid' } as const;
    const { token } = await tokens.issue(subject, { boundObjectRef });
    const used: unknown[] = [];
    const of = (labels: Record<string, string>) => {
      const metadata = { name: 's', namespace: 'p1', uid: 'secret-uid', labels };
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
      const legacyTokenUsed = (one: KubeObject) => used.push(one.metadata.name);
      return tokens.authenticate(
        token,
        lookups({ boundObject: async () => secret, legacyTokenUsed }),
      );
    };
    await expect(of({})).resolves.toBeDefined();
    expect(used).toEqual(['s']);
    await expect(of({ 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' })).rejects.toThrow(
      'the token in secret p1/s for service account p1/builder has been marked invalid.',
    );
  });

  it('are counted by their kind', async () => {
    const registry = new MetricRegistry();
    const metrics = new TokenMetrics(registry);
    const boundObjectRef = { kind: 'Secret', name: 's', uid: 'secret-uid' } as const;
    const projected = await tokens.issue(subject, { expirationSeconds: 3600 });
    const legacy = await tokens.issue(subject, { boundObjectRef });
    const of = (labels: Record<string, string>, secrets: { name: string }[]) => {
      const metadata = { name: 's', namespace: 'p1', uid: 'secret-uid', labels };
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
      const found = { ...account, secrets };
      const all = { serviceAccount: async () => found, boundObject: async () => secret, metrics };
      return tokens.authenticate(legacy.token, lookups(all));
    };
    await tokens.authenticate(projected.token, lookups({ metrics }));
    await of({}, []);
    await of({}, [{ name: 's' }]);
    const invalid = { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' };
    await expect(of(invalid, [])).rejects.toThrow();
    const text = metricsText([registry.snapshot()]);
    for (const line of [
      'valid_tokens_total 1',
      'stale_tokens_total 0',
      'legacy_tokens_total 2',
      'legacy_auto_token_uses_total 1',
      'legacy_manual_token_uses_total 1',
      'invalid_legacy_auto_token_uses_total 1',
    ])
      expect(text).toContain(`\nserviceaccount_${line}\n`);
  });

  it('stay good when the signing key is replaced', async () => {
    const { token } = await tokens.issue(subject, {});
    const next = new ServiceAccountTokens(
      { signingKeyPem: await newSigningKey(), otherKeyPems: [key] },
      () => time,
    );
    expect((await next.authenticate(token, lookups()))?.user.name).toContain('builder');
    const { keys } = keySetOf(next.publicKeys);
    expect(keys.map(({ alg, use, d }) => [alg, use, d])).toEqual([
      ['ES256', 'sig', undefined],
      ['ES256', 'sig', undefined],
    ]);
    const jwks = createLocalJWKSet({ keys: keys as JWK[] });
    await expect(jwtVerify(token, jwks, { currentDate: time })).resolves.toBeDefined();
  });

  it('are refused for another audience, another key, or when tampered with', async () => {
    const other = await tokens.issue(subject, { audiences: ['vault'] });
    await expect(tokens.authenticate(other.token, lookups())).rejects.toThrow(
      'token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc"]',
    );
    const forVault = await tokens.authenticate(other.token, lookups(), ['x', 'vault']);
    expect(forVault?.audiences).toEqual(['vault']);
    const stranger = new ServiceAccountTokens({ signingKeyPem: await newSigningKey() }, () => time);
    const { token } = await stranger.issue(subject, {});
    expect(await tokens.authenticate(token, lookups())).toBeUndefined();
    const good = (await tokens.issue(subject, {})).token;
    const [head, , signature] = good.split('.');
    const forged = Buffer.from('{"iss":"https://kubernetes.default.svc"}').toString('base64url');
    expect(await tokens.authenticate(`${head}.${forged}.${signature}`, lookups())).toBeUndefined();
  });
});
