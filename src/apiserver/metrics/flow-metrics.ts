import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { Flow, FlowControl } from '../flowcontrol/flow-control.ts';
import type { RejectReason } from '../flowcontrol/priority-level.ts';

const WAITS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const FLOW = ['priority_level', 'flow_schema'];
const LEVEL = ['priority_level'];

interface OneFlow {
  readonly dispatched: Value;
  readonly wait: Observations;
  readonly execution: Observations;
}

/** FlowMetrics counts what API priority and fairness does, under the names of kube-apiserver. */
export class FlowMetrics {
  readonly #dispatched: Family<Value>;
  readonly #rejected: Family<Value>;
  readonly #wait: Family<Observations>;
  readonly #execution: Family<Observations>;
  readonly #byKey = new WeakMap<object, OneFlow>();

  constructor(registry: MetricRegistry, control: FlowControl) {
    this.#dispatched = registry.counter({
      name: 'apiserver_flowcontrol_dispatched_requests_total',
      help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      labels: FLOW,
    });
    this.#rejected = registry.counter({
      name: 'apiserver_flowcontrol_rejected_requests_total',
      help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      labels: [...FLOW, 'reason'],
    });
    this.#wait = registry.histogram(
      {
        name: 'apiserver_flowcontrol_request_wait_duration_seconds',
        help: '[BETA] Length of time a request spent waiting in its queue',
        labels: [...FLOW, 'execute'],
      },
      WAITS,
    );
    this.#execution = registry.histogram(
      {
        name: 'apiserver_flowcontrol_request_execution_seconds',
        help: '[ALPHA] Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
        labels: FLOW,
      },
      WAITS,
    );
    collectLevels(registry, control);
  }

  granted(flow: Flow, waitedMs: number): void {
    const metrics = this.#of(flow);
    metrics.dispatched.inc();
    if (!flow.level.isExempt) metrics.wait.observe(waitedMs / 1000);
  }

  rejected({ schema, level }: Flow, reason: RejectReason, waitedMs: number): void {
    this.#rejected.with(level.name, schema, reason).inc();
    this.#wait.with(level.name, schema, 'false').observe(waitedMs / 1000);
  }

  executed(flow: Flow, tookMs: number): void {
    this.#of(flow).execution.observe(tookMs / 1000);
  }

  #of({ key, schema, level }: Flow): OneFlow {
    let found = this.#byKey.get(key);
    if (!found) {
      found = {
        dispatched: this.#dispatched.with(level.name, schema),
        wait: this.#wait.with(level.name, schema, 'true'),
        execution: this.#execution.with(level.name, schema),
      };
      this.#byKey.set(key, found);
    }
    return found;
  }
}

function collectLevels(registry: MetricRegistry, control: FlowControl): void {
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `apiserver_flowcontrol_${name}`, help, labels: LEVEL });
  const nominal = registry.gauge({
    name: 'apiserver_flowcontrol_nominal_limit_seats',
    help: '[BETA] Nominal number of execution seats configured for each priority level',
    labels: LEVEL,
    // Threads share them.
    merge: 'max',
  });
  const executing = gauge(
    'current_executing_requests',
    '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
  );
  const seats = gauge(
    'current_executing_seats',
    '[BETA] Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
  );
  const waiting = gauge(
    'current_inqueue_requests',
    '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
  );
  registry.onCollect(() => {
    for (const one of [nominal, executing, seats, waiting]) one.clear();
    for (const level of control.levels) {
      nominal.with(level.name).set(level.settings.nominalSeats);
      executing.with(level.name).set(level.executing);
      seats.with(level.name).set(level.seatsInUse);
      waiting.with(level.name).set(level.waiting);
    }
  });
}
