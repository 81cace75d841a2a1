import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { Authenticator, AuthorizationDecision, Authorizer } from '../contracts.ts';

/** From a millisecond on, each bound twice the one before. */
const BOUNDS = Array.from({ length: 15 }, (_, index) => 0.001 * 2 ** index);

/** Names of users are told by their kind only, as upstream: there are many. */
function shortName(name: string): string {
  if (name === 'admin' || name === 'client' || name === 'kube_proxy') return name;
  if (name === 'kubelet' || name === 'system:serviceaccount:kube-system:default') return name;
  return name.includes('@') ? 'email_id' : 'other';
}

interface Counted {
  readonly attempts: Value;
  readonly duration: Observations;
}

class Results {
  readonly #attempts: Family<Value>;
  readonly #durations: Family<Observations>;
  readonly #known = new Map<string, Counted>();

  constructor(attempts: Family<Value>, durations: Family<Observations>) {
    this.#attempts = attempts;
    this.#durations = durations;
  }

  count(result: string, seconds: number): void {
    let found = this.#known.get(result);
    if (!found) {
      found = { attempts: this.#attempts.with(result), duration: this.#durations.with(result) };
      this.#known.set(result, found);
    }
    found.attempts.inc();
    found.duration.observe(seconds);
  }
}

/** LoginMetrics counts who comes and what they may, under the names of kube-apiserver. */
export class LoginMetrics {
  readonly #users: Family<Value>;
  readonly #logins: Results;
  readonly #decisions: Results;

  constructor(registry: MetricRegistry) {
    const labels = ['result'];
    this.#users = registry.counter({
      name: 'authenticated_user_requests',
      help: '[ALPHA] Counter of authenticated requests broken out by username.',
      labels: ['username'],
    });
    const duration = (what: string) =>
      registry.histogram(
        {
          name: `${what.toLowerCase()}_duration_seconds`,
          help: `[ALPHA] ${what} duration in seconds broken out by result.`,
          labels,
        },
        BOUNDS,
      );
    this.#logins = new Results(
      registry.counter({
        name: 'authentication_attempts',
        help: '[ALPHA] Counter of authenticated attempts.',
        labels,
      }),
      duration('Authentication'),
    );
    this.#decisions = new Results(
      registry.counter({
        name: 'authorization_attempts_total',
        help: "[ALPHA] Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
        labels,
      }),
      duration('Authorization'),
    );
  }

  /** authenticator makes one that counts what another one finds out. */
  authenticator(counted: Authenticator): Authenticator {
    return {
      authenticate: (facts) => {
        const startedAt = performance.now();
        return whenKnown(counted.authenticate(facts), (user) => {
          if (user) this.#users.with(shortName(user.name)).inc();
          this.#logins.count(user ? 'success' : 'error', secondsSince(startedAt));
        });
      },
    };
  }

  /** authorizer makes one that counts what another one decides. */
  authorizer(counted: Authorizer): Authorizer {
    return {
      authorize: (attributes) => {
        const startedAt = performance.now();
        return whenKnown(counted.authorize(attributes), (decision) => {
          this.#decisions.count(resultOf(decision), secondsSince(startedAt));
        });
      },
    };
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

function resultOf({ allowed, denied, error }: AuthorizationDecision): string {
  if (allowed) return 'allowed';
  if (error !== undefined) return 'error';
  return denied ? 'denied' : 'no-opinion';
}

/** Most answers are at hand: they stay so. */
function whenKnown<T>(answer: T | Promise<T>, tell: (known: T) => void): T | Promise<T> {
  if (answer instanceof Promise) {
    return answer.then((known) => {
      tell(known);
      return known;
    });
  }
  tell(answer);
  return answer;
}
