import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { RequestFacts } from '../contracts.ts';
import { TokenCacheMetrics } from '../metrics/token-cache-metrics.ts';
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

function newMetrics() {
  return new TokenCacheMetrics(new MetricRegistry());
}

describe('cachingAuthenticator', () => {
  it('asks once for a good token, and again when its time is over', async () => {
    let now = 0;
    const inner = counting();
    const authenticator = cachingAuthenticator(inner, {
      metrics: newMetrics(),
      now: () => now,
      keepMs: 100,
    });
    for (const time of [0, 50, 99, 100]) {
      now = time;
      expect(await authenticator.authenticate(facts('good'))).toEqual({ name: 'good', groups: [] });
    }
    expect(inner.asked).toEqual(['good', 'good']);
  });

  it('asks every time for a token that is refused', async () => {
    const inner = counting();
    const authenticator = cachingAuthenticator(inner, { metrics: newMetrics(), now: () => 0 });
    expect(await authenticator.authenticate(facts('bad'))).toBeUndefined();
    expect(await authenticator.authenticate(facts('bad'))).toBeUndefined();
    expect(inner.asked).toHaveLength(2);
  });

  it('remembers a bounded number of tokens', async () => {
    const inner = counting();
    const authenticator = cachingAuthenticator(inner, { metrics: newMetrics(), now: () => 0 });
    for (let one = 0; one <= 10_000; one += 1) await authenticator.authenticate(facts(`${one}`));
    await authenticator.authenticate(facts('10000'));
    expect(inner.asked).toHaveLength(10_001);
    await authenticator.authenticate(facts('0'));
    expect(inner.asked).toHaveLength(10_002);
  });

  it('counts the tokens that were known, and what became of the others', async () => {
    const registry = new MetricRegistry();
    const metrics = new TokenCacheMetrics(registry);
    const authenticator = cachingAuthenticator(counting(), { metrics, now: () => 0 });
    for (const token of ['good', 'good', 'good', 'bad']) {
      await authenticator.authenticate(facts(token));
    }
    const text = metricsText([registry.snapshot()]);
    const name = 'authentication_token_cache';
    for (const line of [
      `${name}_request_total{status="hit"} 2`,
      `${name}_request_total{status="miss"} 2`,
      `${name}_fetch_total{status="ok"} 1`,
      `${name}_fetch_total{status="error"} 1`,
      `${name}_active_fetch_count{status="in_flight"} 0`,
      `${name}_request_duration_seconds_count{status="miss"} 2`,
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
