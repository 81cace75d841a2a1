import type { Authenticator, Authorizer } from '../contracts.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { authentication } from './authentication.ts';
import { chainOf, type Handler } from './filter.ts';
import { impersonation } from './impersonation.ts';
import { type FairnessDeps, priorityAndFairness } from './priority-and-fairness.ts';
import { DEFAULT_REQUEST_TIMEOUT_MS, requestDeadline } from './request-deadline.ts';
import { requestMetrics } from './request-metrics.ts';

/** FrontOptions are the settings of the filters; what is absent has upstream's default. */
export interface FrontOptions {
  /** How long a request may take that is not a watch or a stream; default one minute. */
  readonly requestTimeoutMs?: number;
  /** How many requests may run at a time; default 600 (400 that read and 200 that write). */
  readonly maxRequestsInFlight?: number;
}

/** FrontChainDeps is what the filters stand on. */
export interface FrontChainDeps {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly options: FrontOptions;
  readonly fairness: FairnessDeps;
  readonly metrics: RequestMetrics;
}

/** frontChain puts the filters around what serves requests, in the order of kube-apiserver. */
export function frontChain(deps: FrontChainDeps, handler: Handler): Handler {
  const { authenticator, authorizer, options, fairness, metrics } = deps;
  return chainOf(
    [
      requestMetrics(metrics),
      requestDeadline(options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS),
      authentication(authenticator),
      impersonation(authorizer),
      priorityAndFairness(fairness),
    ],
    handler,
  );
}
