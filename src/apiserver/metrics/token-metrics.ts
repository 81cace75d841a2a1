import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/** TokenMetrics counts by which tokens service accounts come, under the names of kube-apiserver. */
export class TokenMetrics {
  readonly #valid: Value;
  readonly #legacy: Value;
  readonly #automatic: Value;
  readonly #manual: Value;
  readonly #invalid: Value;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'serviceaccount_');
    const counter = (name: string, help: string) =>
      group.counter(name, { help: `Cumulative ${help} used` }).with();
    this.#valid = counter('valid_tokens_total', 'valid projected service account tokens');
    // No token is issued that outlives the time for which it was asked.
    counter('stale_tokens_total', 'stale projected service account tokens');
    this.#legacy = counter('legacy_tokens_total', 'legacy service account tokens');
    this.#automatic = counter('legacy_auto_token_uses_total', 'auto-generated legacy tokens');
    this.#manual = counter('legacy_manual_token_uses_total', 'manually created legacy tokens');
    this.#invalid = counter(
      'invalid_legacy_auto_token_uses_total',
      'invalid auto-generated legacy tokens',
    );
  }

  /** used counts a good token; a legacy one does not expire. */
  used(isLegacy: boolean): void {
    (isLegacy ? this.#legacy : this.#valid).inc();
  }

  /** secretUsed counts a token from a secret, which the account names (`automatic`) or somebody made. */
  secretUsed(kind: 'automatic' | 'manual' | 'invalid'): void {
    if (kind === 'invalid') this.#invalid.inc();
    else (kind === 'automatic' ? this.#automatic : this.#manual).inc();
  }
}
