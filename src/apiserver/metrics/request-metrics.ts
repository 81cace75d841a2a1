import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { FrontRequest } from '../filters/filter.ts';
import type { RequestInfo } from '../request/request-info.ts';

const LATENCY = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60,
];
const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
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
const PATHS =
  /^\/(?:healthz|livez|readyz|version|metrics|api|apis|openapi\/v[23]|openid\/v1\/jwks)(?=\/|$)/;

/** PlaceMetrics are the metrics of all requests of one kind to one resource. */
export interface PlaceMetrics {
  readonly isMutating: boolean;
  readonly isResource: boolean;
  readonly latency: Observations;
  readonly sizes: Observations;
  readonly longRunning: Value;
  /** The counters by status code. */
  readonly total: Map<number, Value>;
  readonly labels: readonly string[];
}

/** scopeOf is how much a request is about: one object, a namespace or everything. */
export function scopeOf({ name, verb, namespace, isResource }: RequestInfo): string {
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
  readonly #isServed: (info: RequestInfo) => boolean;
  readonly #total: Family<Value>;
  readonly #latency: Family<Observations>;
  readonly #sizes: Family<Observations>;
  readonly #longRunning: Family<Value>;
  readonly #events: Family<Value>;
  readonly inFlight: { readonly mutating: Value; readonly readOnly: Value };

  /** `isServed` tells whether a resource with its subresource is one that exists. */
  constructor(registry: MetricRegistry, isServed: (info: RequestInfo) => boolean) {
    this.#isServed = isServed;
    this.#total = registry.counter({
      name: 'apiserver_request_total',
      help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      labels: [...PLACE, 'code'],
    });
    this.#latency = registry.histogram(
      {
        name: 'apiserver_request_duration_seconds',
        help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
        labels: PLACE,
      },
      LATENCY,
    );
    this.#sizes = registry.histogram(
      {
        name: 'apiserver_response_sizes',
        help: '[STABLE] Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.',
        labels: WITHOUT_DRY_RUN,
      },
      SIZES,
    );
    this.#longRunning = registry.gauge({
      name: 'apiserver_longrunning_requests',
      help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      labels: WITHOUT_DRY_RUN,
    });
    this.#events = registry.counter({
      name: 'apiserver_watch_events_total',
      help: '[ALPHA] Number of events sent in watch clients',
      labels: ['group', 'version', 'resource'],
    });
    const inFlight = registry.gauge({
      name: 'apiserver_current_inflight_requests',
      help: '[STABLE] Number of requests that are being served, per request kind.',
      labels: ['request_kind'],
    });
    this.inFlight = { mutating: inFlight.with('mutating'), readOnly: inFlight.with('readOnly') };
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
  eventsOf({ group, version, resource }: RequestInfo): Value {
    return this.#events.with(group, version, resource);
  }

  /** countOf answers the counter of a status code. */
  countOf(place: PlaceMetrics, code: number): Value {
    let counter = place.total.get(code);
    if (!counter) {
      counter = this.#total.with(...place.labels, String(code));
      place.total.set(code, counter);
    }
    return counter;
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
      sizes: this.#sizes.with(verb, ...rest),
      longRunning: this.#longRunning.with(verb, ...rest),
      total: new Map(),
      labels: [verb, dryRun, ...rest],
    };
    // What is unknown is not kept: there is no end of it.
    if (isKnown) this.#places.set(key, metrics);
    return metrics;
  }
}
