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
      const seconds = (performance.now() - startedAt) / 1000;
      place.latency.observe(seconds);
      place.ownLatency.observe(seconds - request.waitedMs / 1000);
      place.sizes?.observe(sizeBytes);
      place.bodies?.observe(request.body.taken?.length ?? 0);
      if (request.isTerminated) metrics.terminated(place, code);
    });
    return next(request);
  };
}
