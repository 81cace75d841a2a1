import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

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
    const group = new MetricGroup(registry, 'apiserver_authorization_');
    this.decisions = group.counter('decisions_total', {
      help: 'Total number of terminal decisions made by an authorizer split by authorizer type, name, and decision.',
      labels: [...OWNER, 'decision'],
    });
    const call = ['name', 'result'];
    this.calls = group.counter('webhook_evaluations_total', {
      help: 'Round-trips to authorization webhooks.',
      labels: call,
    });
    this.failOpen = group.counter('webhook_evaluations_fail_open_total', {
      help: 'NoOpinion results due to webhook timeout or error.',
      labels: call,
    });
    this.callDuration = group.histogram('webhook_duration_seconds', {
      help: 'Request latency in seconds.',
      labels: call,
    });
    this.conditionErrors = group.counter('match_condition_evaluation_errors_total', {
      help: 'Total number of errors when an authorization webhook encounters a match condition error split by authorizer type and name.',
      labels: OWNER,
    });
    this.conditionExclusions = group.counter('match_condition_exclusions_total', {
      help: 'Total number of exclusions when an authorization webhook is skipped because match conditions exclude it.',
      labels: OWNER,
    });
    this.conditionDuration = group.histogram(
      'match_condition_evaluation_seconds',
      {
        help: 'Authorization match condition evaluation time in seconds, split by authorizer type and name.',
        labels: OWNER,
      },
      CONDITIONS,
    );
  }
}
