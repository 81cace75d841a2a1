import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { Flow, FlowControl } from '../flowcontrol/flow-control.ts';
import type { RejectReason } from '../flowcontrol/priority-level.ts';
import { levelMetrics } from './level-metrics.ts';

const WAITS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const SEATS = [1, 2, 4, 8, 16, 32, 64, 100];
const FLOW = ['priority_level', 'flow_schema'];

/** FlowCells are the metrics of one flow schema, for those who count its requests. */
export interface FlowCells {
  readonly dispatched: Value;
  readonly estimated: Observations;
  readonly wait: Observations;
  readonly execution: Observations;
  readonly watchStart: Observations;
  readonly executing: Value;
  readonly seats: Value;
  readonly waiting: Value;
  readonly waitingSeats: Value;
}

/** FlowMetrics counts what API priority and fairness does, under the names of kube-apiserver. */
export class FlowMetrics {
  readonly #group: MetricGroup;
  readonly #dispatched: Family<Value>;
  readonly #rejected: Family<Value>;
  readonly #wait: Family<Observations>;
  readonly #execution: Family<Observations>;
  readonly #estimated: Family<Observations>;
  readonly #gauges: readonly Family<Value>[];
  readonly #byKey = new WeakMap<object, FlowCells>();
  /** Requests that wait for their turn, by kind. */
  readonly inQueue: { readonly mutating: Value; readonly readOnly: Value };

  constructor(registry: MetricRegistry, control: FlowControl) {
    const group = new MetricGroup(registry, 'apiserver_flowcontrol_');
    this.#group = group;
    this.#dispatched = group.counter('dispatched_requests_total', {
      stability: 'BETA',
      help: 'Number of requests executed by API Priority and Fairness subsystem',
      labels: FLOW,
    });
    this.#rejected = group.counter('rejected_requests_total', {
      stability: 'BETA',
      help: 'Number of requests rejected by API Priority and Fairness subsystem',
      labels: [...FLOW, 'reason'],
    });
    const wait = {
      stability: 'BETA',
      help: 'Length of time a request spent waiting in its queue',
      labels: [...FLOW, 'execute'],
    } as const;
    this.#wait = group.histogram('request_wait_duration_seconds', wait, WAITS);
    const execution = {
      help: 'Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
      labels: [...FLOW, 'type'],
    };
    this.#execution = group.histogram('request_execution_seconds', execution, WAITS);
    const estimated = {
      help: 'Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
      labels: FLOW,
    };
    this.#estimated = group.histogram('work_estimated_seats', estimated, SEATS);
    this.#gauges = this.#newGauges();
    levelMetrics(group, control);
    const inQueue = new MetricGroup(registry, 'apiserver_').gauge('current_inqueue_requests', {
      help: 'Maximal number of queued requests in this apiserver per request kind in last second.',
      labels: ['request_kind'],
    });
    this.inQueue = { mutating: inQueue.with('mutating'), readOnly: inQueue.with('readOnly') };
  }

  /** of answers the metrics of a flow. */
  of({ key, schema, level }: Flow): FlowCells {
    const known = this.#byKey.get(key);
    if (known) return known;
    const names = [level.name, schema] as const;
    const [executing, seats, waiting, waitingSeats] = this.#gauges.map((one) => one.with(...names));
    if (!executing || !seats || !waiting || !waitingSeats) throw new Error('a gauge is missing');
    const cells = {
      dispatched: this.#dispatched.with(...names),
      estimated: this.#estimated.with(...names),
      wait: this.#wait.with(...names, 'true'),
      execution: this.#execution.with(...names, 'regular'),
      watchStart: this.#execution.with(...names, 'watch'),
      executing,
      seats,
      waiting,
      waitingSeats,
    };
    this.#byKey.set(key, cells);
    return cells;
  }

  /** rejected counts a request that was turned away. */
  rejected({ schema, level }: Flow, reason: RejectReason, waitedMs: number): void {
    this.#rejected.with(level.name, schema, reason).inc();
    this.#wait.with(level.name, schema, 'false').observe(waitedMs / 1000);
  }

  /** In the order in which `of` takes them apart. */
  #newGauges(): Family<Value>[] {
    const gauge = (name: string, help: string, stability: 'ALPHA' | 'BETA' = 'BETA') =>
      this.#group.gauge(name, { stability, help, labels: FLOW });
    return [
      gauge(
        'current_executing_requests',
        'Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      ),
      gauge(
        'current_executing_seats',
        'Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
      ),
      gauge(
        'current_inqueue_requests',
        'Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      ),
      gauge(
        'current_inqueue_seats',
        'Number of seats currently pending in queues of the API Priority and Fairness subsystem',
        'ALPHA',
      ),
    ];
  }
}
