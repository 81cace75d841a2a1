import type { AuditSink } from '../audit/audit-log.ts';
import type { AuditPolicy } from '../audit/audit-policy.ts';
import type { Authenticator, Authorizer } from '../contracts.ts';
import type { SharedSeatsPlace } from '../flowcontrol/shared-seats.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { type AuditDeps, audit, auditRefusals } from './audit.ts';
import { authentication } from './authentication.ts';
import { cors } from './cors.ts';
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
  /** Where threads that serve the same API share that number; absent: there is one. */
  readonly seats?: SharedSeatsPlace;
  /** Regular expressions of the origins whose pages may use the API; default none. */
  readonly corsAllowedOrigins?: readonly string[];
  /** What is recorded, and where; absent: nothing is. */
  readonly audit?: { readonly policy: AuditPolicy; readonly sink: AuditSink };
}

/** FrontChainDeps is what the filters stand on. */
export interface FrontChainDeps {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly options: FrontOptions;
  readonly fairness: FairnessDeps;
  readonly metrics: RequestMetrics;
  /** Absent: nothing is recorded. */
  readonly audit?: AuditDeps | undefined;
}

/** frontChain puts the filters around what serves requests, in the order of kube-apiserver. */
export function frontChain(deps: FrontChainDeps, handler: Handler): Handler {
  const { authenticator, authorizer, options, fairness, metrics, audit: recording } = deps;
  return chainOf(
    [
      requestMetrics(metrics),
      recording && auditRefusals(recording),
      requestDeadline(options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS),
      cors(options.corsAllowedOrigins ?? []),
      authentication(authenticator),
      recording && audit(recording),
      impersonation(authorizer),
      priorityAndFairness(fairness),
    ],
    handler,
  );
}
