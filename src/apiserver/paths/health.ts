import type { CoreRequest, CoreResponse } from '../request/core-request.ts';

/** HealthCheck is one thing that must work for the server to be well. */
export interface HealthCheck {
  readonly name: string;
  /** Rejects when it does not work. */
  check(): Promise<void>;
}

const ENDPOINTS = ['healthz', 'livez', 'readyz'];

function text(status: number, body: string): CoreResponse {
  return {
    kind: 'bytes',
    status,
    contentType: 'text/plain; charset=utf-8',
    bytes: Buffer.from(body),
    headers: { 'X-Content-Type-Options': 'nosniff' },
  };
}

/** Health answers `/healthz`, `/livez` and `/readyz`, with `?verbose`, `?exclude=` and per check. */
export class Health {
  readonly #checks: readonly HealthCheck[];
  readonly #onFailure: (name: string, error: unknown) => void;

  constructor(checks: readonly HealthCheck[], onFailure: (name: string, error: unknown) => void) {
    this.#checks = checks;
    this.#onFailure = onFailure;
  }

  /** paths are the health paths that exist. */
  paths(): string[] {
    return ENDPOINTS.flatMap((endpoint) => [
      `/${endpoint}`,
      ...this.#checks.map(({ name }) => `/${endpoint}/${name}`),
    ]);
  }

  /** serve answers a health path; undefined: it is none. */
  async serve(request: CoreRequest): Promise<CoreResponse | undefined> {
    const [, endpoint = '', name, ...rest] = request.path.split('/');
    if (!ENDPOINTS.includes(endpoint) || rest.length > 0) return undefined;
    if (name) return this.#one(name);
    const excluded = new Set(request.query.getAll('exclude'));
    const checks = this.#checks.filter((one) => !excluded.has(one.name));
    const results = await Promise.all(checks.map((one) => this.#passes(one)));
    const failed = results.includes(false);
    if (!failed && !request.query.has('verbose')) return text(200, 'ok');
    const lines = checks.map((one, index) =>
      results[index] ? `[+]${one.name} ok` : `[-]${one.name} failed: reason withheld`,
    );
    const verdict = `${endpoint} check ${failed ? 'failed' : 'passed'}`;
    return text(failed ? 500 : 200, `${[...lines, verdict].join('\n')}\n`);
  }

  async #one(name: string): Promise<CoreResponse | undefined> {
    const check = this.#checks.find((one) => one.name === name);
    if (!check) return undefined;
    if (await this.#passes(check)) return text(200, 'ok');
    return text(500, `internal server error: ${name} failed: reason withheld\n`);
  }

  async #passes(check: HealthCheck): Promise<boolean> {
    try {
      await check.check();
      return true;
    } catch (error) {
      this.#onFailure(check.name, error);
      return false;
    }
  }
}
