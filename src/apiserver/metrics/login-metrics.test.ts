import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { AuthorizationAttributes, AuthorizationDecision, RequestFacts } from '../contracts.ts';
import { LoginMetrics } from './login-metrics.ts';

const counted = () => {
  const registry = new MetricRegistry();
  return { logins: new LoginMetrics(registry), told: () => metricsText([registry.snapshot()]) };
};

describe('LoginMetrics', () => {
  it.each<[AuthorizationDecision, string]>([
    [{ allowed: true }, 'allowed'],
    [{ allowed: false }, 'no-opinion'],
    [{ allowed: false, denied: true }, 'denied'],
    [{ allowed: false, denied: true, error: 'e' }, 'error'],
  ])('counts %j as %s', async (decision, result) => {
    const { logins, told } = counted();
    const attributes = {} as AuthorizationAttributes;
    expect(logins.authorizer({ authorize: () => decision }).authorize(attributes)).toBe(decision);
    const later = logins.authorizer({ authorize: async () => decision });
    expect(await later.authorize(attributes)).toBe(decision);
    expect(told()).toContain(`authorization_attempts_total{result="${result}"} 2\n`);
    expect(told()).toContain(`authorization_duration_seconds_count{result="${result}"} 2\n`);
  });

  it.each([
    ['admin', 'admin'],
    ['a@b.c', 'email_id'],
    ['joe', 'other'],
  ])('tells %s as %s', async (name, shown) => {
    const { logins, told } = counted();
    const user = { name, groups: [] };
    await logins.authenticator({ authenticate: () => user }).authenticate({} as RequestFacts);
    expect(told()).toContain(`authenticated_user_requests{username="${shown}"} 1\n`);
    expect(told()).toContain('authentication_attempts{result="success"} 1\n');
  });

  it('counts who could not be told as a failure, and nobody as a user', async () => {
    const { logins, told } = counted();
    await logins.authenticator({ authenticate: () => undefined }).authenticate({} as RequestFacts);
    expect(told()).toContain('authentication_attempts{result="error"} 1\n');
    expect(told()).not.toContain('authenticated_user_requests{');
  });
});
