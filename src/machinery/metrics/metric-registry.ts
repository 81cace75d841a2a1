import {
  type MetricDescription,
  type MetricSnapshot,
  type MetricType,
  Observations,
  type Sample,
  Value,
} from './metric.ts';

/** LabelValues are values by the names of labels. */
export type LabelValues = Readonly<Record<string, string>>;

/** Family is a metric with a child for each set of label values. Keep the children that are used often. */
export class Family<Child> {
  readonly #labels: readonly string[];
  readonly #newChild: () => Child;
  readonly #children = new Map<
    string,
    { readonly values: readonly string[]; readonly child: Child }
  >();

  constructor(labels: readonly string[], newChild: () => Child) {
    this.#labels = labels;
    this.#newChild = newChild;
    if (labels.length === 0) this.with();
  }

  /** with answers the child for label values, in the order of the metric's labels. */
  with(...values: readonly string[]): Child {
    const key = values.join('\0');
    let found = this.#children.get(key);
    if (!found) {
      found = { values, child: this.#newChild() };
      this.#children.set(key, found);
    }
    return found.child;
  }

  /** clear forgets all children. */
  clear(): void {
    this.#children.clear();
  }

  /** forget forgets the children that have these values; none where the metric lacks one of the labels. */
  forget(values: LabelValues): void {
    const wanted = Object.entries(values).map(
      ([label, value]) => [this.#labels.indexOf(label), value] as const,
    );
    if (wanted.some(([index]) => index < 0)) return;
    for (const [key, child] of this.#children) {
      if (wanted.every(([index, value]) => child.values[index] === value)) {
        this.#children.delete(key);
      }
    }
  }

  /** samples answers the samples of all children. */
  samples(samplesOf: (child: Child, labels: Sample['labels']) => Sample[]): Sample[] {
    return [...this.#children.values()].flatMap(({ values, child }) =>
      samplesOf(
        child,
        this.#labels.map((name, index) => [name, values[index] ?? ''] as const),
      ),
    );
  }
}

interface Registered {
  readonly description: MetricDescription;
  readonly type: MetricType;
  samples(): Sample[];
  forget(values: LabelValues): void;
}

function valueSamples({ value }: Value, labels: Sample['labels']): Sample[] {
  return [{ suffix: '', labels, value }];
}

/**
 * MetricRegistry holds metrics in the way of Prometheus. Counting costs next to nothing; what costs
 * more is found out when somebody asks, by functions given to `onCollect`.
 */
export class MetricRegistry {
  readonly #metrics = new Map<string, Registered>();
  readonly #collectors: (() => void)[] = [];
  readonly #forgetters: ((values: LabelValues) => void)[] = [];

  counter(description: MetricDescription): Family<Value> {
    return this.#values(description, 'counter');
  }

  gauge(description: MetricDescription): Family<Value> {
    return this.#values(description, 'gauge');
  }

  /** histogram counts observations in buckets with these upper bounds. */
  histogram(description: MetricDescription, bounds: readonly number[]): Family<Observations> {
    const family = new Family(description.labels ?? [], () => new Observations(bounds));
    this.#register({
      description,
      type: 'histogram',
      samples: () => family.samples((child, labels) => child.samples(labels)),
      forget: (values) => family.forget(values),
    });
    return family;
  }

  /** onCollect calls back before the metrics are read. */
  onCollect(callback: () => void): void {
    this.#collectors.push(callback);
  }

  /** onForget calls back with what is forgotten: for those who keep children. */
  onForget(callback: (values: LabelValues) => void): void {
    this.#forgetters.push(callback);
  }

  /** forget forgets, in all metrics that have these labels, what was counted under these values. */
  forget(values: LabelValues): void {
    for (const metric of this.#metrics.values()) metric.forget(values);
    for (const callback of this.#forgetters) callback(values);
  }

  /** snapshot is the state of all metrics. */
  snapshot(): MetricSnapshot[] {
    for (const collect of this.#collectors) collect();
    return [...this.#metrics.values()].map(({ description, type, samples }) => ({
      name: description.name,
      help: description.help,
      merge: description.merge,
      type,
      samples: samples(),
    }));
  }

  #values(description: MetricDescription, type: MetricType): Family<Value> {
    const family = new Family(description.labels ?? [], () => new Value());
    this.#register({
      description,
      type,
      samples: () => family.samples(valueSamples),
      forget: (values) => family.forget(values),
    });
    return family;
  }

  #register(metric: Registered): void {
    const { name } = metric.description;
    if (this.#metrics.has(name)) throw new Error(`the metric ${name} is there already`);
    this.#metrics.set(name, metric);
  }
}
