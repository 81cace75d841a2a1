import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { AuthorizationAttributes, AuthorizationDecision } from '../contracts.ts';
import { AuthorizationMetrics } from '../metrics/authorization-metrics.ts';
import { newAuthorizerChain } from './authorizer-chain.ts';

const QUESTION: AuthorizationAttributes = {
  user: { name: 'joe', groups: [] },
  verb: 'get',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  name: '',
  namespace: 'n',
};
const NO: AuthorizationDecision = { allowed: false };

type Answer = AuthorizationDecision | undefined | Promise<AuthorizationDecision>;

function chainOf(...answers: readonly Answer[]) {
  const links = answers.map((answer, index) => ({
    type: 'T',
    name: `t${index}`,
    authorize: () => answer,
  }));
  return newAuthorizerChain(() => links, new AuthorizationMetrics(new MetricRegistry()));
}

const later = (decision: AuthorizationDecision) => Promise.resolve(decision);

describe('newAuthorizerChain', () => {
  it.each<[string, readonly Answer[], AuthorizationDecision]>([
    [
      'allows what the first one allows',
      [{ allowed: true, reason: 'a' }, NO],
      { allowed: true, reason: 'a' },
    ],
    ['goes on where one has no opinion', [undefined, NO, { allowed: true }], { allowed: true }],
    [
      'ends where one denies',
      [{ ...NO, denied: true, reason: 'no' }, { allowed: true }],
      { allowed: false, denied: true, reason: 'no' },
    ],
    [
      'tells why nobody allowed',
      [{ ...NO, reason: 'a' }, later({ ...NO, reason: 'b', error: 'e' }), { ...NO, error: 'e' }],
      { allowed: false, reason: 'a\nb', error: 'e' },
    ],
    [
      'waits for those that take their time',
      [NO, later(NO), later({ allowed: true })],
      { allowed: true },
    ],
    [
      'keeps an error out of an answer that was found',
      [{ ...NO, error: 'e' }, { allowed: true }],
      { allowed: true },
    ],
  ])('%s', async (_what, answers, expected) => {
    expect(await chainOf(...answers).authorize(QUESTION)).toEqual(expected);
  });

  it('answers at once where nobody takes time', () => {
    expect(chainOf(NO, { allowed: true }).authorize(QUESTION)).toEqual({ allowed: true });
  });

  it('lets system:masters do everything', () => {
    const user = { name: 'joe', groups: ['system:masters'] };
    expect(chainOf({ ...NO, denied: true }).authorize({ ...QUESTION, user })).toEqual({
      allowed: true,
    });
  });
});
