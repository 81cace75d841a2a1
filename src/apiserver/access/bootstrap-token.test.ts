import { describe, expect, it } from 'vitest';
import type { Secret } from '../../apis/core/v1/types.ts';
import { userOfBootstrapToken } from './bootstrap-token.ts';

const NOW = new Date('2026-05-01T10:00:00Z');
const GOOD = {
  'token-id': 'abcdef',
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
  expiration: '2026-05-02T00:00:00Z',
};

const secretOf = (fields: Record<string, string>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(
    Object.entries(fields).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
});

const ask = (fields: Record<string, string>, token = 'abcdef.0123456789abcdef') =>
  userOfBootstrapToken(
    token,
    async (name) => (name === 'bootstrap-token-abcdef' ? secretOf(fields) : undefined),
    NOW,
  );

describe('userOfBootstrapToken', () => {
  it('knows a good token', async () => {
    expect(await ask(GOOD)).toEqual({
      name: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers'],
    });
    expect(
      await ask({ ...GOOD, 'auth-extra-groups': 'system:bootstrappers:worker' }),
    ).toMatchObject({
      groups: ['system:bootstrappers', 'system:bootstrappers:worker'],
    });
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['another secret', GOOD, 'abcdef.fedcba9876543210'],
    ['another id', GOOD, 'fedcba.0123456789abcdef'],
    ['no token of this kind', GOOD, 'something'],
    ['an expired one', { ...GOOD, expiration: '2026-05-01T09:59:59Z' }, undefined],
    ['a wrong expiration', { ...GOOD, expiration: 'tomorrow' }, undefined],
    ['one for signing only', { ...GOOD, 'usage-bootstrap-authentication': 'false' }, undefined],
    ['foreign groups', { ...GOOD, 'auth-extra-groups': 'system:masters' }, undefined],
  ])('refuses %s', async (_case, fields, token) => {
    expect(await ask(fields, token)).toBeUndefined();
  });
});
