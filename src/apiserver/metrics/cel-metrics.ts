import type { Observations } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/** CelMetrics measures the rules of custom resources, under the names of kube-apiserver. */
export class CelMetrics {
  readonly #compilation: Observations;
  readonly #evaluation: Observations;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'apiserver_cel_');
    const duration = (what: string) =>
      group
        .histogram(`${what}_duration_seconds`, {
          stability: 'BETA',
          help: `CEL ${what} time in seconds.`,
        })
        .with();
    this.#compilation = duration('compilation');
    this.#evaluation = duration('evaluation');
  }

  /** compiled measures how long the rules of a schema take to be compiled. */
  compiled<T>(compile: () => T): T {
    return measured(this.#compilation, compile);
  }

  /** evaluated measures how long the rules of an object take to be evaluated. */
  evaluated<T>(evaluate: () => T): T {
    return measured(this.#evaluation, evaluate);
  }
}

function measured<T>(duration: Observations, work: () => T): T {
  const startedAt = performance.now();
  try {
    return work();
  } finally {
    duration.observe((performance.now() - startedAt) / 1000);
  }
}
