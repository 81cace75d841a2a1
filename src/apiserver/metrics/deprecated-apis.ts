import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { RequestInfo } from '../request/request-info.ts';

/** DeprecatedApis remembers which deprecated APIs clients still ask for, under kube-apiserver's name. */
export class DeprecatedApis {
  readonly #requested: Family<Value>;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'apiserver_');
    this.#requested = group.gauge('requested_deprecated_apis', {
      stability: 'STABLE',
      help: 'Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
      labels: ['group', 'version', 'resource', 'subresource', 'removed_release'],
      merge: 'max',
    });
  }

  /** requested notes a request to an API that is deprecated; none of them is to be removed. */
  requested({ group, version, resource, subresource }: RequestInfo): void {
    this.#requested.with(group, version, resource, subresource, '').set(1);
  }
}
