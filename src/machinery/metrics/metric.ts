import { goNumber } from '../go-number.ts';

/** MetricType is one of the types of Prometheus' text format that are used here. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** MetricDescription is what a metric is. */
export interface MetricDescription {
  readonly name: string;
  /** Begins with the stability that upstream gives it, such as `[STABLE]`. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** How the values of several threads become one; default: they are added up. */
  readonly merge?: 'max';
}

/** Sample is one number with its labels; `suffix` tells the parts of a histogram apart. */
export interface Sample {
  readonly suffix: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

/** MetricSnapshot is a metric at one moment; it can be sent to another thread. */
export interface MetricSnapshot {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly merge?: 'max' | undefined;
  readonly samples: readonly Sample[];
}

/** Value is a number of a counter or a gauge. */
export class Value {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }

  dec(by = 1): void {
    this.value -= by;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** Observations counts numbers by size. */
export class Observations {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let index = 0;
    // Most observations are small: from the front is faster than halving.
    while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  /** samples are the cumulated buckets, the sum and the count. */
  samples(labels: Sample['labels']): Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    for (const [index, one] of this.#counts.entries()) {
      count += one;
      const bound = this.#bounds[index];
      const le = bound === undefined ? '+Inf' : goNumber(bound);
      samples.push({ suffix: '_bucket', labels: [...labels, ['le', le]], value: count });
    }
    samples.push({ suffix: '_sum', labels, value: this.#sum });
    samples.push({ suffix: '_count', labels, value: count });
    return samples;
  }
}
