import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

interface Looked {
  readonly count: Value;
  readonly duration: Observations;
}

/** TokenCacheMetrics counts how often a token was known, under the names of kube-apiserver. */
export class TokenCacheMetrics {
  readonly hit: Looked;
  readonly miss: Looked;
  readonly ok: Value;
  readonly failed: Value;
  readonly inFlight: Value;

  /** Upstream describes none of them. */
  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'authentication_token_cache_');
    const metric = { help: '', labels: ['status'] };
    const counts = group.counter('request_total', metric);
    const durations = group.histogram('request_duration_seconds', metric);
    const looked = (status: string): Looked => ({
      count: counts.with(status),
      duration: durations.with(status),
    });
    this.hit = looked('hit');
    this.miss = looked('miss');
    const fetched = group.counter('fetch_total', metric);
    this.ok = fetched.with('ok');
    this.failed = fetched.with('error');
    const active = group.gauge('active_fetch_count', metric);
    this.inFlight = active.with('in_flight');
    // Nobody waits for the look of another: each looks for itself.
    active.with('blocked');
  }
}
