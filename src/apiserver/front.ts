import { FLOW_SCHEMAS, PRIORITY_LEVELS } from '../apis/resource-types.ts';
import { MetricGroup } from '../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../machinery/metrics/metric-registry.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';
import { auditBody } from './audit/audit-body.ts';
import { auditEvaluator } from './audit/audit-evaluator.ts';
import type { CacheHub } from './cache/cache-hub.ts';
import type { ApiClock, ApiLog, Authenticator, Authorizer } from './contracts.ts';
import type { AuditDeps } from './filters/audit.ts';
import type { FrontRequest } from './filters/filter.ts';
import { type FrontOptions, frontChain } from './filters/front-chain.ts';
import { FlowControl } from './flowcontrol/flow-control.ts';
import type { LevelClock } from './flowcontrol/priority-level.ts';
import { SharedSeats } from './flowcontrol/shared-seats.ts';
import { HttpFront } from './http/http-front.ts';
import { cachingAuthenticator } from './http/token-cache.ts';
import type { Handle } from './in-process-transport.ts';
import { FlowMetrics } from './metrics/flow-metrics.ts';
import type { LoginMetrics } from './metrics/login-metrics.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { TokenCacheMetrics } from './metrics/token-cache-metrics.ts';
import { statusOf } from './request/failure.ts';
import type { RequestInfo } from './request/request-info.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { resourcePrefix } from './storage-key.ts';
import { newCarry } from './threads/hand-over.ts';
import type { HandOverPlace } from './threads/handed-listener.ts';

/** FrontParts is what the HTTP front of a server is made of. */
export interface FrontParts {
  readonly authenticate: Authenticator;
  readonly authorize: Authorizer;
  readonly options: FrontOptions;
  readonly clock: ApiClock;
  readonly log: ApiLog;
  readonly hub: CacheHub;
  readonly metrics: MetricRegistry;
  readonly logins: LoginMetrics;
  readonly handle: Handle;
  /** Which requests are handed over to another thread, and where it waits for them. */
  readonly handOver?:
    | { readonly place: HandOverPlace; takes(request: FrontRequest): boolean }
    | undefined;
  /** isServed tells whether a resource with its subresource is one that exists. */
  isServed(info: RequestInfo): boolean;
  /** definitionOf answers what serves a resource. */
  definitionOf(info: RequestInfo): ResourceDefinition | undefined;
}

const DEFAULT_SEATS = 600;
const DEFAULT_TIMEOUT_MS = 60_000;

/** newFront makes the HTTP front of a server: the filters around what carries requests out. */
export function newFront(parts: FrontParts): HttpFront {
  const { authenticate, authorize: authorizer, options, clock, log, hub, handle } = parts;
  const authenticator = parts.logins.authenticator(
    cachingAuthenticator(authenticate, {
      metrics: new TokenCacheMetrics(parts.metrics),
      now: () => clock.now().getTime(),
    }),
  );
  const control = newFlowControl(parts);
  const deps = {
    authenticator,
    authorizer,
    options,
    fairness: {
      control,
      metrics: new FlowMetrics(parts.metrics, control),
      countOf: (info: RequestInfo) => hub.cache(resourcePrefix(info))?.size ?? 0,
    },
    metrics: new RequestMetrics(parts.metrics, parts.isServed),
    audit: newAudit(parts),
  };
  const handOver = parts.handOver && {
    takes: parts.handOver.takes,
    carry: newCarry(parts.handOver.place, authenticator),
  };
  const failedHandshakes = new MetricGroup(parts.metrics, 'apiserver_')
    .counter('tls_handshake_errors_total', {
      help: "Number of requests dropped with 'TLS handshake error from' error",
    })
    .with();
  const onHandshakeFailed = () => failedHandshakes.inc();
  const handler = frontChain(deps, handle);
  return new HttpFront({ log, clock, handler, handOver, onHandshakeFailed });
}

function newAudit(parts: FrontParts): AuditDeps | undefined {
  const { options, clock, log, metrics } = parts;
  const recorded = new MetricGroup(metrics, 'apiserver_audit_')
    .counter('event_total', {
      help: 'Counter of audit events generated and sent to the audit backend.',
    })
    .with();
  if (!options.audit) return undefined;
  const { policy, sink } = options.audit;
  return {
    decide: auditEvaluator(policy),
    write(line) {
      recorded.inc();
      sink.write(line);
    },
    statusOf: (error) => statusOf(error, { log, what: 'audit' }),
    parse: (request, bytes) => auditBody(request, bytes, parts.definitionOf(request.info)),
    now: () => clock.now(),
  };
}

/** A request may wait for a quarter of the time that it has, as upstream. */
function newFlowControl({ options, clock, hub }: FrontParts): FlowControl {
  const cacheOf = (type: ResourceType) => hub.cache(resourcePrefix(type));
  const listOf = <T extends KubeObject>(type: ResourceType<T>) =>
    (cacheOf(type)?.list('') ?? []).map((entry) => entry.object as T);
  const revisionOf = (type: ResourceType) => cacheOf(type)?.lastRevision ?? 0;
  const levelClock: LevelClock = {
    now: () => performance.now(),
    setTimer: (ms, callback) => clock.setTimer(ms, callback),
    nextTurn: (callback) => void setImmediate(callback),
  };
  return new FlowControl({
    totalSeats: options.maxRequestsInFlight ?? DEFAULT_SEATS,
    maxWaitMs: (options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS) / 4,
    clock: levelClock,
    seats: options.seats && new SharedSeats(options.seats),
    revision: () => revisionOf(FLOW_SCHEMAS) + revisionOf(PRIORITY_LEVELS),
    configuration: () => ({ schemas: listOf(FLOW_SCHEMAS), levels: listOf(PRIORITY_LEVELS) }),
  });
}
