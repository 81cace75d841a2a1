import { type Observations, Value } from '../../machinery/metrics/metric.ts';
import { exponentialBuckets, MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type {
  Family,
  LabelValues,
  MetricRegistry,
} from '../../machinery/metrics/metric-registry.ts';
import type { FrontRequest, SentEvents } from '../filters/filter.ts';
import type { RequestInfo } from '../request/request-info.ts';

const LATENCY = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60,
];
/** What a server answers for of a request has no need of the shortest times. */
const OWN_LATENCY = LATENCY.filter((bound) => bound >= 0.05);
const SIZES = exponentialBuckets(1000, 10, 7);
const EVENT_SIZES = exponentialBuckets(1024, 2, 8);
const BODY_SIZES = Array.from({ length: 31 }, (_, index) => 50_000 + index * 100_000);
const PLACE = [
  'verb',
  'dry_run',
  'group',
  'version',
  'resource',
  'subresource',
  'scope',
  'component',
];
const RESOURCE = ['group', 'version', 'resource'];
const WITHOUT_DRY_RUN = PLACE.filter((name) => name !== 'dry_run');
const VERBS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const CONNECTS = new Set(['log', 'exec', 'portforward', 'attach', 'proxy']);
const READS = new Set(['GET', 'LIST', 'WATCH', 'HEAD', 'OPTIONS']);
const SIZED = new Set(['GET', 'LIST']);
const WITH_BODY = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const PATHS =
  /^\/(?:healthz|livez|readyz|version|metrics|api|apis|openapi\/v[23]|openid\/v1\/jwks)(?=\/|$)/;

/** PlaceMetrics are the metrics of all requests of one kind to one resource. */
export interface PlaceMetrics {
  readonly isMutating: boolean;
  readonly isResource: boolean;
  readonly latency: Observations;
  /** The same without the time that a request waited for its turn and for webhooks. */
  readonly ownLatency: Observations;
  /** Of answers; absent where they are not measured. */
  readonly sizes: Observations | undefined;
  /** Of the bodies of requests; absent where there is none. */
  readonly bodies: Observations | undefined;
  readonly longRunning: Value;
  /** The counters by status code. */
  readonly total: Map<number, Value>;
  /** The values of the labels of PLACE. */
  readonly labels: readonly string[];
}

/** scopeOf is how much a request is about: one object, a namespace or everything. */
function scopeOf({ name, verb, namespace, isResource }: RequestInfo): string {
  if (name !== '' || verb === 'create') return isResource ? 'resource' : '';
  if (namespace !== '') return 'namespace';
  return isResource ? 'cluster' : '';
}

function verbOf({ info, method, headers }: FrontRequest): string {
  if (!info.isResource) return METHODS.has(method) ? method : 'other';
  if (CONNECTS.has(info.subresource)) return 'CONNECT';
  const verb = VERBS[info.verb];
  if (verb !== 'PATCH') return verb ?? 'other';
  return headers['content-type'] === 'application/apply-patch+yaml' ? 'APPLY' : verb;
}

/**
 * RequestMetrics counts requests under the names of kube-apiserver. Labels come from what the server
 * serves, so that nobody fills the memory with paths of their own.
 */
export class RequestMetrics {
  readonly #places = new Map<string, PlaceMetrics>();
  /** Places of resources that went while requests to them were under way. */
  readonly #forgotten = new WeakSet<PlaceMetrics>();
  readonly #isServed: (info: RequestInfo) => boolean;
  readonly #total: Family<Value>;
  readonly #terminations: Family<Value>;
  readonly #latency: Family<Observations>;
  readonly #ownLatency: Family<Observations>;
  readonly #sizes: Family<Observations>;
  readonly #bodies: Family<Observations>;
  readonly #longRunning: Family<Value>;
  readonly #events: Family<Value>;
  readonly #eventSizes: Family<Observations>;
  readonly inFlight: { readonly mutating: Value; readonly readOnly: Value };

  /** `isServed` tells whether a resource with its subresource is one that exists. */
  constructor(registry: MetricRegistry, isServed: (info: RequestInfo) => boolean) {
    this.#isServed = isServed;
    const group = new MetricGroup(registry, 'apiserver_');
    this.#total = group.counter('request_total', {
      stability: 'STABLE',
      help: 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      labels: [...PLACE, 'code'],
    });
    this.#terminations = group.counter('request_terminations_total', {
      help: 'Number of requests which apiserver terminated in self-defense.',
      labels: [...WITHOUT_DRY_RUN, 'code'],
    });
    [this.#latency, this.#ownLatency] = newLatencies(group);
    [this.#sizes, this.#bodies] = newSizes(group);
    this.#longRunning = group.gauge('longrunning_requests', {
      stability: 'STABLE',
      help: 'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      labels: WITHOUT_DRY_RUN,
    });
    this.#events = group.counter('watch_events_total', {
      help: 'Number of events sent in watch clients',
      labels: RESOURCE,
    });
    const eventSizes = { help: 'Watch event size distribution in bytes', labels: RESOURCE };
    this.#eventSizes = group.histogram('watch_events_sizes', eventSizes, EVENT_SIZES);
    const inFlight = group.gauge('current_inflight_requests', {
      stability: 'STABLE',
      help: 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      labels: ['request_kind'],
    });
    this.inFlight = { mutating: inFlight.with('mutating'), readOnly: inFlight.with('readOnly') };
    group.onForget((values) => this.#forget(values));
  }

  /** of answers the metrics of a request's kind. */
  of(request: FrontRequest): PlaceMetrics {
    const { info, query } = request;
    const verb = verbOf(request);
    const dryRun = query.size > 0 && query.get('dryRun') === 'All' ? 'All' : '';
    const { group, version, resource, subresource } = info;
    const scope = scopeOf(info);
    const place = info.isResource ? '' : (PATHS.exec(info.path)?.[0] ?? '');
    const key = `${verb} ${dryRun} ${group}/${version}/${resource}/${subresource} ${scope}${place}`;
    return this.#places.get(key) ?? this.#newPlace(request, key, [verb, dryRun, scope, place]);
  }

  /** eventsOf counts the events of watches of a resource. */
  eventsOf({ group, version, resource }: RequestInfo): SentEvents {
    const events = this.#events.with(group, version, resource);
    const sizes = this.#eventSizes.with(group, version, resource);
    return {
      sent(frames) {
        events.inc(frames.length);
        for (const frame of frames) sizes.observe(frame.length);
      },
    };
  }

  /** terminated counts a request that the server gave up to protect itself. */
  terminated(place: PlaceMetrics, code: number): void {
    if (this.#forgotten.has(place)) return;
    const [verb = '', , ...rest] = place.labels;
    this.#terminations.with(verb, ...rest, String(code)).inc();
  }

  /** countOf answers the counter of a status code. */
  countOf(place: PlaceMetrics, code: number): Value {
    let counter = place.total.get(code);
    if (!counter) {
      const isForgotten = this.#forgotten.has(place);
      counter = isForgotten ? new Value() : this.#total.with(...place.labels, String(code));
      place.total.set(code, counter);
    }
    return counter;
  }

  #forget(values: LabelValues): void {
    const wanted = Object.entries(values);
    for (const [key, place] of this.#places) {
      if (wanted.some(([label, value]) => place.labels[PLACE.indexOf(label)] !== value)) continue;
      this.#places.delete(key);
      this.#forgotten.add(place);
    }
  }

  #newPlace({ info }: FrontRequest, key: string, about: readonly string[]): PlaceMetrics {
    const [verb = '', dryRun = '', scope = '', path = ''] = about;
    const isKnown = !info.isResource || this.#isServed(info);
    const resource = isKnown ? [info.group, info.version, info.resource] : ['', '', ''];
    const subresource = info.isResource && isKnown ? info.subresource : path;
    const component = info.isResource && isKnown ? 'apiserver' : '';
    const rest = [...resource, subresource, isKnown ? scope : '', component];
    const metrics: PlaceMetrics = {
      isMutating: !READS.has(verb),
      isResource: info.isResource,
      latency: this.#latency.with(verb, dryRun, ...rest),
      ownLatency: this.#ownLatency.with(verb, ...rest),
      sizes: SIZED.has(verb) ? this.#sizes.with(verb, ...rest) : undefined,
      bodies: this.#bodiesOf(info, isKnown),
      longRunning: this.#longRunning.with(verb, ...rest),
      total: new Map(),
      labels: [verb, dryRun, ...rest],
    };
    // What is unknown is not kept: there is no end of it.
    if (isKnown) this.#places.set(key, metrics);
    return metrics;
  }

  #bodiesOf({ isResource, verb, resource, group }: RequestInfo, isKnown: boolean) {
    if (!isResource || !isKnown || !WITH_BODY.has(verb)) return undefined;
    return this.#bodies.with(resource, verb, group);
  }
}

function newLatencies(group: MetricGroup): [Family<Observations>, Family<Observations>] {
  const all = group.histogram(
    'request_duration_seconds',
    {
      stability: 'STABLE',
      help: 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      labels: PLACE,
    },
    LATENCY,
  );
  const own = group.histogram(
    'request_sli_duration_seconds',
    {
      help: 'Response latency distribution (not counting webhook duration and priority & fairness queue wait times) in seconds for each verb, group, version, resource, subresource, scope and component.',
      labels: WITHOUT_DRY_RUN,
    },
    OWN_LATENCY,
  );
  return [all, own];
}

function newSizes(group: MetricGroup): [Family<Observations>, Family<Observations>] {
  const answers = group.histogram(
    'response_sizes',
    {
      stability: 'STABLE',
      help: 'Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.',
      labels: WITHOUT_DRY_RUN,
    },
    SIZES,
  );
  const bodies = group.histogram(
    'request_body_size_bytes',
    {
      help: 'Apiserver request body size in bytes broken out by resource and verb.',
      labels: ['resource', 'verb', 'group'],
    },
    BODY_SIZES,
  );
  return [answers, bodies];
}
