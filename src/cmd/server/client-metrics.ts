import type { ApiRequest, ApiResponse } from '../../client/transport.ts';
import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { StatusError } from '../../machinery/status-error.ts';

const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
/** Requests within the process have no address. */
const HOST = 'localhost';
/** What client-go counts a request as that got no answer. */
const NO_ANSWER = '<error>';

/** ClientMetrics counts the requests of the server's own clients, under the names of client-go. */
export class ClientMetrics {
  readonly #requests: Family<Value>;
  readonly #durations: Family<Observations>;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'rest_client_');
    this.#requests = group.counter('requests_total', {
      help: 'Number of HTTP requests, partitioned by status code, method, and host.',
      labels: ['code', 'method', 'host'],
    });
    const duration = {
      help: 'Request latency in seconds. Broken down by verb, and host.',
      labels: ['verb', 'host'],
    };
    this.#durations = group.histogram('request_duration_seconds', duration, SECONDS);
  }

  /** counted counts a request by what becomes of it. */
  async counted(
    method: ApiRequest['method'],
    send: () => Promise<ApiResponse>,
  ): Promise<ApiResponse> {
    const startedAt = performance.now();
    let code = NO_ANSWER;
    try {
      const response = await send();
      code = String(response.status);
      return response;
    } catch (error) {
      if (error instanceof StatusError) code = String(error.code);
      throw error;
    } finally {
      this.#requests.with(code, method, HOST).inc();
      this.#durations.with(method, HOST).observe((performance.now() - startedAt) / 1000);
    }
  }
}
