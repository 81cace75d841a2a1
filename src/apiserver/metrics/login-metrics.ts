import type { Observations, Value } from '../../machinery/metrics/metric.ts';
import { exponentialBuckets, MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type {
  Authenticator,
  AuthorizationDecision,
  Authorizer,
  RequestFacts,
} from '../contracts.ts';

/** From a millisecond on, each bound twice the one before. */
const BOUNDS = exponentialBuckets(0.001, 2, 15);
const FILTERS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 5, 10, 15, 30];
const HOUR = 3600;
const DAY = 24 * HOUR;
const LIFETIMES = [
  ...[0, HOUR / 2, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[1, 2, 4, 7, 30, 90, 180, 360].map((days) => days * DAY),
];

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
  readonly #filter: Observations;
  readonly #known = new Map<string, Counted>();

  constructor(attempts: Family<Value>, durations: Family<Observations>, filter: Observations) {
    this.#attempts = attempts;
    this.#durations = durations;
    this.#filter = filter;
  }

  count(result: string, seconds: number): void {
    let found = this.#known.get(result);
    if (!found) {
      found = { attempts: this.#attempts.with(result), duration: this.#durations.with(result) };
      this.#known.set(result, found);
    }
    found.attempts.inc();
    found.duration.observe(seconds);
    this.#filter.observe(seconds);
  }
}

/** Lifetimes observes how long the certificates last by which clients come. */
class Lifetimes {
  readonly #observed: Observations;
  /** When certificates end, in milliseconds. */
  readonly #ends = new WeakMap<object, number>();

  constructor(observed: Observations) {
    this.#observed = observed;
  }

  observe({ peerCertificate }: RequestFacts): void {
    if (!peerCertificate) return;
    let end = this.#ends.get(peerCertificate);
    if (end === undefined) {
      end = Date.parse(peerCertificate.valid_to);
      this.#ends.set(peerCertificate, end);
    }
    this.#observed.observe((end - Date.now()) / 1000);
  }
}

/** LoginMetrics counts who comes and what they may, under the names of kube-apiserver. */
export class LoginMetrics {
  readonly #users: Family<Value>;
  readonly #logins: Results;
  readonly #decisions: Results;
  readonly #lifetimes: Lifetimes;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, '');
    const labels = ['result'];
    this.#users = group.counter('authenticated_user_requests', {
      help: 'Counter of authenticated requests broken out by username.',
      labels: ['username'],
    });
    const filters = group.histogram(
      'apiserver_request_filter_duration_seconds',
      {
        help: 'Request filter latency distribution in seconds, for each filter type',
        labels: ['filter'],
      },
      FILTERS,
    );
    const results = (what: string, attempts: Family<Value>) => {
      const help = `${what} duration in seconds broken out by result.`;
      const name = `${what.toLowerCase()}_duration_seconds`;
      const durations = group.histogram(name, { help, labels }, BOUNDS);
      return new Results(attempts, durations, filters.with(what.toLowerCase()));
    };
    this.#logins = results(
      'Authentication',
      group.counter('authentication_attempts', {
        help: 'Counter of authenticated attempts.',
        labels,
      }),
    );
    this.#decisions = results(
      'Authorization',
      group.counter('authorization_attempts_total', {
        help: "Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
        labels,
      }),
    );
    const lifetimes = group.histogram(
      'apiserver_client_certificate_expiration_seconds',
      {
        help: 'Distribution of the remaining lifetime on the certificate used to authenticate a request.',
      },
      LIFETIMES,
    );
    this.#lifetimes = new Lifetimes(lifetimes.with());
  }

  /** authenticator makes one that counts what another one finds out. */
  authenticator(counted: Authenticator): Authenticator {
    return {
      authenticate: (facts) => {
        const startedAt = performance.now();
        return whenKnown(counted.authenticate(facts), (user) => {
          if (user) {
            this.#users.with(shortName(user.name)).inc();
            this.#lifetimes.observe(facts);
          }
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
