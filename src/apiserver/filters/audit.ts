import type { AuditDecision } from '../audit/audit-evaluator.ts';
import {
  type AuditFacts,
  auditEvent,
  auditLine,
  statusOfAnswer,
  withoutManagedFields,
} from '../audit/audit-event.ts';
import type { AuditStage } from '../audit/audit-policy.ts';
import type { CoreAnswer, RequestBody } from '../request/core-request.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Filter, FrontRequest, Handler } from './filter.ts';

/** AuditDeps is what recording requests stands on. */
export interface AuditDeps {
  /** decide answers what is recorded; a request whose sender was not found out has no user. */
  decide(user: UserInfo | undefined, info: RequestInfo): AuditDecision;
  write(line: string): void;
  /** statusOf makes the Status of a failure. */
  statusOf(error: unknown): { readonly code: number; readonly status: object };
  /** parse reads the body of a write; undefined: it cannot be read. */
  parse(request: FrontRequest, bytes: Buffer): unknown;
  now(): Date;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** keepBody has the body of a request kept, once somebody has read it. */
function keepBody(request: FrontRequest): () => Buffer | undefined {
  let kept: Buffer | undefined;
  const { body } = request;
  request.body = {
    object: body.object,
    stream: () => body.stream(),
    async read(limitBytes) {
      kept = await body.read(limitBytes);
      return kept;
    },
  } satisfies RequestBody;
  return () => kept;
}

/** Trail records the stages of one request. */
class Trail {
  readonly #deps: AuditDeps;
  readonly #request: FrontRequest;
  readonly #decision: AuditDecision;
  readonly #user: UserInfo | undefined;
  readonly #body: (() => Buffer | undefined) | undefined;
  readonly #annotations: Record<string, string> = {};
  #answer: Pick<AuditFacts, 'responseStatus' | 'responseObject'> = {};

  constructor(
    deps: AuditDeps,
    request: FrontRequest,
    about: { readonly decision: AuditDecision; readonly user: UserInfo | undefined },
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#decision = about.decision;
    this.#user = about.user;
    const { verb } = request.info;
    // What names the object may stand in its body alone, but not in a patch.
    const isWanted = this.#showsBody || verb !== 'patch';
    if (isWanted && WRITES.has(verb) && !request.isLongRunning) this.#body = keepBody(request);
    request.annotate = (key, value) => {
      this.#annotations[key] = value;
    };
  }

  get #showsBody(): boolean {
    const { level } = this.#decision;
    return level === 'Request' || level === 'RequestResponse';
  }

  record(stage: AuditStage): void {
    const { level, omitStages, omitManagedFields } = this.#decision;
    if (omitStages.has(stage)) return;
    const { user } = this.#request;
    const bytes = stage === 'RequestReceived' ? undefined : this.#body?.();
    const sent = bytes?.length ? this.#deps.parse(this.#request, bytes) : undefined;
    const shown = omitManagedFields ? withoutManagedFields(sent) : sent;
    const annotated = Object.keys(this.#annotations).length > 0;
    const event = auditEvent({
      level,
      stage,
      request: this.#request,
      user: this.#user,
      impersonated: this.#user === undefined || user === this.#user ? undefined : user,
      sent,
      requestObject: this.#showsBody ? shown : undefined,
      ...this.#answer,
      annotations: annotated ? this.#annotations : undefined,
      now: this.#deps.now(),
    });
    this.#deps.write(auditLine(event));
  }

  async answered({ response }: CoreAnswer): Promise<void> {
    const { level, omitManagedFields } = this.#decision;
    if (response.kind === 'taken') {
      this.#answer = { responseStatus: statusOfAnswer(101, undefined) };
      return;
    }
    const code = response.kind === 'watch' ? 200 : response.status;
    if (response.kind !== 'payload') {
      this.#answer = { responseStatus: statusOfAnswer(code, undefined) };
      return;
    }
    const isWanted = level === 'RequestResponse' && this.#request.info.isResource;
    await response.payload.prepare?.();
    const object = isWanted || this.#request.info.verb === 'delete' ? response.payload.object : {};
    this.#answer = { responseStatus: statusOfAnswer(code, object) };
    if (!isWanted) return;
    const responseObject = omitManagedFields ? withoutManagedFields(object) : object;
    this.#answer = { ...this.#answer, responseObject };
  }

  failed(error: unknown): void {
    const { code, status } = this.#deps.statusOf(error);
    this.#answer = { responseStatus: statusOfAnswer(code, status) };
    if (this.#decision.level !== 'RequestResponse') return;
    this.#answer = { ...this.#answer, responseObject: status };
  }
}

async function follow(next: Handler, request: FrontRequest, trail: Trail): Promise<CoreAnswer> {
  trail.record('RequestReceived');
  let answer: CoreAnswer;
  try {
    answer = await next(request);
    await trail.answered(answer);
  } catch (error) {
    trail.failed(error);
    trail.record('ResponseComplete');
    throw error;
  }
  if (request.isLongRunning) {
    trail.record('ResponseStarted');
    request.onDone(() => trail.record('ResponseComplete'));
  } else trail.record('ResponseComplete');
  return answer;
}

/** audit records requests as a policy says; it stands behind authentication. */
export function audit(deps: AuditDeps): Filter {
  return (next) => (request) => {
    request.isAudited = true;
    const { user, info } = request;
    const decision = deps.decide(user, info);
    if (decision.level === 'None') return next(request);
    return follow(next, request, new Trail(deps, request, { decision, user }));
  };
}

/** auditRefusals records requests that did not get as far as the sender's being known. */
export function auditRefusals(deps: AuditDeps): Filter {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const decision = deps.decide(undefined, request.info);
      if (!request.isAudited && decision.level !== 'None') {
        const trail = new Trail(deps, request, { decision, user: undefined });
        trail.failed(error);
        trail.record('ResponseStarted');
      }
      throw error;
    }
  };
}
