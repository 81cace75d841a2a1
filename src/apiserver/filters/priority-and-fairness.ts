import type { Flow, FlowControl } from '../flowcontrol/flow-control.ts';
import type { Seats } from '../flowcontrol/priority-level.ts';
import type { FlowMetrics } from '../metrics/flow-metrics.ts';
import type { CoreAnswer } from '../request/core-request.ts';
import type { RequestInfo } from '../request/request-info.ts';
import { type Filter, type FrontRequest, type Handler, plainAnswer } from './filter.ts';

const READS = new Set(['get', 'list', 'watch', 'head', 'options']);
const OBJECTS_PER_SEAT = 100;
const MAX_LIST_SEATS = 100;
/** No list takes more than this part of its level's seats. */
const MAX_PART = 0.15;

/** FairnessDeps is what the filter stands on. */
export interface FairnessDeps {
  readonly control: FlowControl;
  readonly metrics: FlowMetrics;
  /** countOf answers how many objects of a resource are stored. */
  countOf(info: RequestInfo): number;
}

/** seatsOf is how much a request is taken to cost: one seat, and more for a list of many objects. */
function seatsOf(deps: FairnessDeps, request: FrontRequest, { level }: Flow): number {
  const { info, query } = request;
  const isWatchList = info.verb === 'watch' && query.get('sendInitialEvents') === 'true';
  if ((info.verb !== 'list' && !isWatchList) || info.selectedName !== '') return 1;
  const seats = Math.ceil(deps.countOf(info) / OBJECTS_PER_SEAT);
  const most = Math.ceil(level.settings.nominalSeats * MAX_PART);
  return Math.max(1, Math.min(seats, most, MAX_LIST_SEATS));
}

/** tooManyRequests is what a request gets that is turned away, as upstream words it. */
function tooManyRequests(): CoreAnswer {
  return plainAnswer(429, 'Too many requests, please try again later.', { 'Retry-After': '1' });
}

/** Served is a request with the handler that is to serve it, when it has seats. */
interface Served {
  readonly request: FrontRequest;
  readonly flow: Flow;
  readonly next: Handler;
  /** How many seats it takes. */
  readonly wanted: number;
}

/** whenGranted waits for the turn of a request, which counts as one of those that wait. */
async function whenGranted(
  { metrics }: FairnessDeps,
  { request, flow, wanted }: Served,
  given: Promise<Seats>,
): Promise<Seats> {
  const { waiting, waitingSeats } = metrics.of(flow);
  const { mutating, readOnly } = metrics.inQueue;
  const sameKind = READS.has(request.info.verb) ? readOnly : mutating;
  const all = [waiting, sameKind];
  for (const one of all) one.inc();
  waitingSeats.inc(wanted);
  const seats = await given;
  for (const one of all) one.dec();
  waitingSeats.dec(wanted);
  return seats;
}

async function serve(
  deps: FairnessDeps,
  served: Served,
  given: Seats | Promise<Seats>,
): Promise<CoreAnswer> {
  const { metrics } = deps;
  const { request, flow, next, wanted } = served;
  const cells = metrics.of(flow);
  cells.estimated.observe(wanted);
  const seats = given instanceof Promise ? await whenGranted(deps, served, given) : given;
  if (seats.kind === 'rejected') {
    metrics.rejected(flow, seats.reason, seats.waitedMs);
    request.isTerminated = true;
    return tooManyRequests();
  }
  request.waitedMs += seats.waitedMs;
  cells.dispatched.inc();
  cells.wait.observe(seats.waitedMs / 1000);
  cells.executing.inc();
  cells.seats.inc(wanted);
  const startedAt = performance.now();
  try {
    return await next(request);
  } finally {
    seats.release();
    cells.executing.dec();
    cells.seats.dec(wanted);
    const duration = request.info.verb === 'watch' ? cells.watchStart : cells.execution;
    duration.observe((performance.now() - startedAt) / 1000);
  }
}

/**
 * priorityAndFairness shares the server out among its clients: a request runs when its flow has a
 * seat, waits for its turn, or is turned away with 429. Long-running requests pass; a watch
 * takes its seat until it begins.
 */
export function priorityAndFairness(deps: FairnessDeps): Filter {
  return (next) => (request) => {
    if (request.isLongRunning && request.info.verb !== 'watch') return next(request);
    const flow = deps.control.flowOf(request.user, request.info);
    if (!flow) return next(request);
    const { answerHeaders } = request;
    answerHeaders['X-Kubernetes-Pf-Flowschema-Uid'] = flow.schemaUid;
    answerHeaders['X-Kubernetes-Pf-Prioritylevel-Uid'] = flow.level.uid;
    if (flow.level.isExempt) {
      const cells = deps.metrics.of(flow);
      cells.estimated.observe(1);
      cells.dispatched.inc();
      return next(request);
    }
    const { schema, distinguisher } = flow;
    const wanted = seatsOf(deps, request, flow);
    const arrival = { schema, distinguisher, seats: wanted };
    const seats = flow.level.enter(arrival, () => request.signal);
    return serve(deps, { request, flow, next, wanted }, seats);
  };
}
