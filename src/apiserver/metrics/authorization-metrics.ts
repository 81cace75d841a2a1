import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

const CALLS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CONDITIONS = [0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25];
const OWNER = ['type', 'name'];

/** AuthorizationMetrics counts what the authorizers decide, under the names of kube-apiserver. */
export class AuthorizationMetrics {
  /** By type, name and decision, of decisions that end the search. */
  readonly decisions: Family<Value>;
  /** Calls of webhooks by name and result. */
  readonly calls: Family<Value>;
  readonly callDuration: Family<Observations>;
  readonly failOpen: Family<Value>;
  /** Match conditions by type and name. */
  readonly conditionErrors: Family<Value>;
  readonly conditionExclusions: Family<Value>;
  readonly conditionDuration: Family<Observations>;

  constructor(registry: MetricRegistry) {
    const counter = (name: string, help: string, labels: readonly string[]) =>
      registry.counter({
        name: `apiserver_authorization_${name}`,
        help: `[ALPHA] ${help}`,
        labels,
      });
    this.decisions = counter(
      'decisions_total',
      'Total number of terminal decisions made by an authorizer split by authorizer type, name, and decision.',
      [...OWNER, 'decision'],
    );
    this.calls = counter('webhook_evaluations_total', 'Round-trips to authorization webhooks.', [
      'name',
      'result',
    ]);
    this.failOpen = counter(
      'webhook_evaluations_fail_open_total',
      'NoOpinion results due to webhook timeout or error.',
      ['name', 'result'],
    );
    this.conditionErrors = counter(
      'match_condition_evaluation_errors_total',
      'Total number of errors when an authorization webhook encounters a match condition error split by authorizer type and name.',
      OWNER,
    );
    this.conditionExclusions = counter(
      'match_condition_exclusions_total',
      'Total number of exclusions when an authorization webhook is skipped because match conditions exclude it.',
      OWNER,
    );
    this.callDuration = registry.histogram(
      {
        name: 'apiserver_authorization_webhook_duration_seconds',
        help: '[ALPHA] Request latency in seconds.',
        labels: ['name', 'result'],
      },
      CALLS,
    );
    this.conditionDuration = registry.histogram(
      {
        name: 'apiserver_authorization_match_condition_evaluation_seconds',
        help: '[ALPHA] Authorization match condition evaluation time in seconds, split by authorizer type and name.',
        labels: OWNER,
      },
      CONDITIONS,
    );
  }
}
