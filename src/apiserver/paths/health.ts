import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { CoreRequest, CoreResponse } from '../request/core-request.ts';

/** HealthEndpoint is one of the paths that tell how the server is. */
export type HealthEndpoint = 'healthz' | 'livez' | 'readyz';

/** HealthCheck is one thing that must work for the server to be well. */
export interface HealthCheck {
  readonly name: string;
  /** Where it counts; everywhere when absent. */
  readonly endpoints?: readonly HealthEndpoint[];
  /** Rejects when it does not work. */
  check(): Promise<void>;
}

const ENDPOINTS: readonly HealthEndpoint[] = ['healthz', 'livez', 'readyz'];

function plain(status: number, body: string): CoreResponse & { readonly kind: 'bytes' } {
  const contentType = 'text/plain; charset=utf-8';
  return { kind: 'bytes', status, contentType, bytes: Buffer.from(body) };
}

function text(status: number, body: string): CoreResponse {
  return { ...plain(status, body), headers: { 'X-Content-Type-Options': 'nosniff' } };
}

function isEndpoint(name: string): name is HealthEndpoint {
  return (ENDPOINTS as readonly string[]).includes(name);
}

/**
 * Health answers `/healthz`, `/livez` and `/readyz`, with `?verbose`, `?exclude=` and per check, for
 * every method. Once a shutdown has begun, `/readyz` fails.
 */
export class Health {
  readonly #checks: readonly HealthCheck[];
  readonly #onFailure: (name: string, error: unknown) => void;
  readonly #indicators = new MetricRegistry();
  readonly #last = this.#indicators.gauge({
    name: 'kubernetes_healthcheck',
    help: '[STABLE] This metric records the result of a single healthcheck.',
    labels: ['name', 'type'],
  });
  readonly #results = this.#indicators.counter({
    name: 'kubernetes_healthchecks_total',
    help: '[STABLE] This metric records the results of all healthcheck.',
    labels: ['name', 'status', 'type'],
  });
  #isShuttingDown = false;

  constructor(checks: readonly HealthCheck[], onFailure: (name: string, error: unknown) => void) {
    const shutdown: HealthCheck = {
      name: 'shutdown',
      endpoints: ['readyz'],
      check: async () => {
        if (this.#isShuttingDown) throw new Error('process is shutting down');
      },
    };
    this.#checks = [...checks, shutdown];
    this.#onFailure = onFailure;
  }

  /** beginShutdown makes `/readyz` fail from now on. */
  beginShutdown(): void {
    this.#isShuttingDown = true;
  }

  /** paths are the health paths that exist. */
  paths(): string[] {
    return ENDPOINTS.flatMap((endpoint) => [
      `/${endpoint}`,
      ...this.#of(endpoint).map(({ name }) => `/${endpoint}/${name}`),
    ]);
  }

  /** indicators is what the checks came to so far, in Prometheus' text format. */
  indicators(): string {
    return metricsText([this.#indicators.snapshot()]);
  }

  /** serve answers a health path; undefined: it is none. */
  async serve(request: CoreRequest): Promise<CoreResponse | undefined> {
    const [, endpoint = '', ...rest] = request.path.split('/');
    if (!isEndpoint(endpoint)) return undefined;
    const checks = this.#of(endpoint);
    if (rest.length > 0) {
      const check = checks.find((one) => one.name === rest.join('/'));
      return check && this.#one(check, endpoint);
    }
    const excluded = new Set(request.query.getAll('exclude'));
    const wanted = checks.filter((one) => !excluded.has(one.name));
    const results = await Promise.all(wanted.map((one) => this.#passes(one, endpoint)));
    const failed = results.includes(false);
    if (!failed && !request.query.has('verbose')) return text(200, 'ok');
    const passes = new Map(wanted.map((one, index) => [one, results[index]]));
    const lines = checks.map((one) => {
      if (excluded.has(one.name)) return `[+]${one.name} excluded: ok`;
      return passes.get(one) ? `[+]${one.name} ok` : `[-]${one.name} failed: reason withheld`;
    });
    for (const { name } of checks) excluded.delete(name);
    if (excluded.size > 0) {
      const names = [...excluded].map((one) => JSON.stringify(one)).join(',');
      lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
    }
    const verdict = `${endpoint} check ${failed ? 'failed' : 'passed'}`;
    return text(failed ? 500 : 200, `${[...lines, verdict].join('\n')}\n`);
  }

  #of(endpoint: HealthEndpoint): readonly HealthCheck[] {
    return this.#checks.filter(({ endpoints = ENDPOINTS }) => endpoints.includes(endpoint));
  }

  async #one(check: HealthCheck, endpoint: HealthEndpoint): Promise<CoreResponse> {
    if (await this.#passes(check, endpoint)) return plain(200, 'ok');
    return text(500, `internal server error: ${check.name} failed: reason withheld\n`);
  }

  #note({ name }: HealthCheck, endpoint: HealthEndpoint, isWell: boolean): boolean {
    this.#last.with(name, endpoint).set(isWell ? 1 : 0);
    this.#results.with(name, isWell ? 'success' : 'error', endpoint).inc();
    return isWell;
  }

  async #passes(check: HealthCheck, endpoint: HealthEndpoint): Promise<boolean> {
    try {
      await check.check();
      return this.#note(check, endpoint, true);
    } catch (error) {
      if (!this.#isShuttingDown) this.#onFailure(check.name, error);
      return this.#note(check, endpoint, false);
    }
  }
}
