import type { Amounts } from '../../apis/core/v1/resource-amounts.ts';
import {
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
} from '../../machinery/quantity.ts';

/** Demand is what something asks for and what it is limited to. */
export interface Demand {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Bound is one bound of a limit range on one resource. */
export interface Bound {
  /** What is bounded: `Pod`, `Container`, `PersistentVolumeClaim`. */
  readonly type: string;
  readonly resource: string;
  readonly value: string;
}

const less = (a: Quantity, b: Quantity) => compareQuantities(a, b) < 0;

function shown({ value }: Bound): string {
  return formatQuantity(parseQuantity(value));
}

/** minProblem says why a demand is below a bound; undefined: it is not. */
export function minProblem(bound: Bound, { requests, limits }: Demand): string | undefined {
  const text = `minimum ${bound.resource} usage per ${bound.type} is ${shown(bound)}`;
  const least = parseQuantity(bound.value);
  const request = requests.get(bound.resource);
  const limit = limits.get(bound.resource);
  if (request === undefined) return `${text}.  No request is specified`;
  if (less(request, least)) return `${text}, but request is ${formatQuantity(request)}`;
  if (limit !== undefined && less(limit, least))
    return `${text}, but limit is ${formatQuantity(limit)}`;
  return undefined;
}

/** maxProblem says why a demand is above a bound; undefined: it is not. */
export function maxProblem(bound: Bound, { requests, limits }: Demand): string | undefined {
  const text = `maximum ${bound.resource} usage per ${bound.type} is ${shown(bound)}`;
  const most = parseQuantity(bound.value);
  const request = requests.get(bound.resource);
  const limit = limits.get(bound.resource);
  if (limit === undefined) return `${text}.  No limit is specified`;
  if (less(most, limit)) return `${text}, but limit is ${formatQuantity(limit)}`;
  if (request !== undefined && less(most, request))
    return `${text}, but request is ${formatQuantity(request)}`;
  return undefined;
}

/** maxRequestProblem is maxProblem for what has no limits: claims. */
export function maxRequestProblem(bound: Bound, { requests }: Demand): string | undefined {
  const text = `maximum ${bound.resource} usage per ${bound.type} is ${shown(bound)}`;
  const request = requests.get(bound.resource);
  if (request === undefined) return `${text}.  No request is specified`;
  if (less(parseQuantity(bound.value), request))
    return `${text}, but request is ${formatQuantity(request)}`;
  return undefined;
}

/** ratioProblem says why a limit is too many times its request; undefined: it is not. */
export function ratioProblem(bound: Bound, { requests, limits }: Demand): string | undefined {
  const text = `${bound.resource} max limit to request ratio per ${bound.type} is ${shown(bound)}`;
  const request = requests.get(bound.resource)?.nano ?? 0n;
  const limit = limits.get(bound.resource)?.nano ?? 0n;
  if (request === 0n) return `${text}, but no request is specified or request is 0`;
  if (limit === 0n) return `${text}, but no limit is specified or limit is 0`;
  if (limit * 1_000_000_000n <= parseQuantity(bound.value).nano * request) return undefined;
  return `${text}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}`;
}
