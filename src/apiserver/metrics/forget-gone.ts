import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ResourceType } from '../../machinery/object.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/**
 * forgetGone forgets what was counted of resources that are not served any more, or not in that
 * version: who makes and deletes custom resources all day shall not fill the memory.
 */
export function forgetGone(
  metrics: MetricRegistry,
  gone: readonly ResourceType[],
  served: readonly ResourceDefinition[],
): void {
  for (const { group, version, resource } of gone) {
    const hasOthers = served.some(({ type }) => type.group === group && type.resource === resource);
    metrics.forget(hasOthers ? { group, version, resource } : { group, resource });
  }
}
