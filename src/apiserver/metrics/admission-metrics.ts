import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { AdmissionRequest } from '../contracts.ts';

/** AdmissionStep is one of the two halves of admission, as metrics call them. */
export type AdmissionStep = 'admit' | 'validate';

const PREFIX = 'apiserver_admission_';
const STEPS = [0.005, 0.025, 0.1, 0.5, 1, 2.5];
const SHAPE = ['type', 'operation', 'rejected'];

/** AdmissionMetrics counts what admission does, under the names of kube-apiserver. */
export class AdmissionMetrics {
  readonly #steps: Family<Observations>;
  readonly #plugins: Family<Observations>;
  readonly #children = new Map<string, Observations>();

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, PREFIX);
    this.#steps = group.histogram(
      'step_admission_duration_seconds',
      {
        stability: 'STABLE',
        help: 'Admission sub-step latency histogram in seconds, broken out for each operation and API resource and step type (validate or admit).',
        labels: SHAPE,
      },
      STEPS,
    );
    this.#plugins = group.histogram(
      'controller_admission_duration_seconds',
      {
        stability: 'STABLE',
        help: 'Admission controller latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
        labels: ['name', ...SHAPE],
      },
      STEPS,
    );
  }

  /** of answers where one plugin counts (all of them together: ''). */
  of(
    name: string,
    step: AdmissionStep,
    about: { readonly operation: AdmissionRequest['operation']; readonly rejected: boolean },
  ): Observations {
    const { operation, rejected } = about;
    const key = `${name} ${step} ${operation} ${rejected}`;
    let found = this.#children.get(key);
    if (!found) {
      const shape = [step, operation, String(rejected)];
      found = name === '' ? this.#steps.with(...shape) : this.#plugins.with(name, ...shape);
      this.#children.set(key, found);
    }
    return found;
  }
}

/** WebhookMetrics counts what webhooks of admission do. */
export class WebhookMetrics {
  readonly duration: Family<Observations>;
  readonly rejections: Family<Value>;
  readonly failOpen: Family<Value>;
  readonly requests: Family<Value>;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, `${PREFIX}webhook_`);
    const shape = ['name', 'type', 'operation'];
    this.duration = group.histogram(
      'admission_duration_seconds',
      {
        stability: 'STABLE',
        help: 'Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
        labels: [...shape, 'rejected'],
      },
      [...STEPS, 10, 25],
    );
    this.rejections = group.counter('rejection_count', {
      help: 'Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify an error type (calling_webhook_error or apiserver_internal_error if an error occurred; no_error otherwise) and optionally a non-zero rejection code if the webhook rejects the request with an HTTP status code (honored by the apiserver when the code is greater or equal to 400). Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
      labels: [...shape, 'error_type', 'rejection_code'],
    });
    this.failOpen = group.counter('fail_open_count', {
      help: 'Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).',
      labels: ['name', 'type'],
    });
    this.requests = group.counter('request_total', {
      help: 'Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify whether the request was rejected or not and an HTTP status code. Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
      labels: [...shape, 'code', 'rejected'],
    });
  }
}

/** ConditionMetrics counts what match conditions of webhooks and policies do. */
export class ConditionMetrics {
  readonly errors: Family<Value>;
  readonly exclusions: Family<Value>;
  readonly duration: Family<Observations>;

  constructor(registry: MetricRegistry) {
    const labels = ['name', 'kind', 'type', 'operation'];
    const group = new MetricGroup(registry, `${PREFIX}match_condition_`);
    this.errors = group.counter('evaluation_errors_total', {
      stability: 'BETA',
      help: 'Admission match condition evaluation errors count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
      labels,
    });
    this.exclusions = group.counter('exclusions_total', {
      stability: 'BETA',
      help: 'Admission match condition evaluation exclusions count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
      labels,
    });
    this.duration = group.histogram(
      'evaluation_seconds',
      {
        stability: 'BETA',
        help: 'Admission match condition evaluation time in seconds, identified by name and broken out for each kind containing matchConditions (webhook or policy), operation and type (validate or admit).',
        labels,
      },
      [0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25],
    );
  }
}

/** PolicyMetrics counts what the policies of one kind decide. */
export class PolicyMetrics {
  readonly #checks: Family<Value>;
  readonly #duration: Family<Observations>;

  constructor(registry: MetricRegistry, kind: 'validating' | 'mutating') {
    const isValidating = kind === 'validating';
    const what = isValidating ? 'Validation' : 'Mutation';
    const labels = ['policy', 'policy_binding', 'error_type'];
    if (isValidating) labels.push('enforcement_action');
    const group = new MetricGroup(registry, `apiserver_${kind}_admission_policy_`);
    this.#checks = group.counter('check_total', {
      stability: 'BETA',
      help: `${what} admission policy check total, labeled by policy and further identified by binding${isValidating ? ' and enforcement action taken' : ''}.`,
      labels,
    });
    this.#duration = group.histogram(
      'check_duration_seconds',
      {
        stability: 'BETA',
        help: isValidating
          ? 'Validation admission latency for individual validation expressions in seconds, labeled by policy and further including binding and enforcement action taken.'
          : 'Mutation admission latency for individual mutation expressions in seconds, labeled by policy and binding.',
        labels,
      },
      [0.0000005, 0.001, 0.01, 0.1, 1],
    );
  }

  /** count counts one check by the values of its labels. */
  count(seconds: number, ...labels: readonly string[]): void {
    this.#checks.with(...labels).inc();
    this.#duration.with(...labels).observe(seconds);
  }
}
