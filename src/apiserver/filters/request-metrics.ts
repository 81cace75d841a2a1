import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { Filter } from './filter.ts';

/** requestMetrics counts every request when it is over, and those under way. */
export function requestMetrics(metrics: RequestMetrics): Filter {
  return (next) => (request) => {
    const startedAt = performance.now();
    const place = metrics.of(request);
    const { isLongRunning } = request;
    const { mutating, readOnly } = metrics.inFlight;
    const current = isLongRunning ? place.longRunning : place.isMutating ? mutating : readOnly;
    current.inc();
    if (request.info.verb === 'watch') request.events = metrics.eventsOf(request.info);
    request.onDone(({ code, sizeBytes }) => {
      current.dec();
      if (code === 0) return;
      metrics.countOf(place, code).inc();
      if (isLongRunning) return;
      place.latency.observe((performance.now() - startedAt) / 1000);
      if (!place.isMutating) place.sizes.observe(sizeBytes);
    });
    return next(request);
  };
}
