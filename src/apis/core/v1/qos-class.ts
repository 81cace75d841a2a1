import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
} from '../../../machinery/quantity.ts';
import type { PodSpec } from './types.ts';

const COUNTED = ['cpu', 'memory'];

type Totals = Map<string, Quantity>;

function count(totals: Totals, list: Readonly<Record<string, string>> | undefined): Set<string> {
  const found = new Set<string>();
  for (const name of COUNTED) {
    const text = list?.[name];
    if (text === undefined) continue;
    const amount = parseQuantity(text);
    if (amount.nano <= 0n) continue;
    found.add(name);
    const before = totals.get(name);
    totals.set(name, before === undefined ? amount : addQuantities(before, amount));
  }
  return found;
}

function sameTotals(requests: Totals, limits: Totals): boolean {
  if (requests.size !== limits.size) return false;
  return [...requests].every(([name, amount]) => {
    const limit = limits.get(name);
    return limit !== undefined && compareQuantities(limit, amount) === 0;
  });
}

/** qosClassOf is Guaranteed, Burstable or BestEffort, by requests and limits of cpu and memory. */
export function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const requests: Totals = new Map();
  const limits: Totals = new Map();
  let limited = true;
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    count(requests, resources?.requests);
    if (count(limits, resources?.limits).size < COUNTED.length) limited = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  return limited && sameTotals(requests, limits) ? 'Guaranteed' : 'Burstable';
}
