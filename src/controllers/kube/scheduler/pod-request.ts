import type { Container, Pod } from '../../../apis/core/v1/types.ts';
import { parseQuantity, quantityMilliValue, quantityValue } from '../../../machinery/quantity.ts';

/** Amounts are resources by name; cpu in thousandths of a core, all else in whole units. */
export type Amounts = ReadonlyMap<string, number>;

/** NON_ZERO are the requests assumed for scoring of containers that state none, as upstream. */
const NON_ZERO: Amounts = new Map([
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024],
]);

/** amountsOf reads a resource list; what cannot be read counts as 0. */
export function amountsOf(list: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts = new Map<string, number>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    amounts.set(name, name === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity));
  }
  return amounts;
}

/**
 * podRequest is what a pod needs of a node: its containers together or its largest init container,
 * whichever is more, and the overhead. A container that states only limits requests those.
 */
export function podRequest(pod: Pod, assumed: Amounts = new Map()): Amounts {
  const total = new Map<string, number>();
  for (const container of pod.spec?.containers ?? []) add(total, requestOf(container, assumed));
  let sidecars: Amounts = new Map();
  const peak = new Map<string, number>();
  for (const container of pod.spec?.initContainers ?? []) {
    const own = requestOf(container, assumed);
    if (container.restartPolicy === 'Always') {
      add(total, own);
      sidecars = sum(sidecars, own);
      raise(peak, sidecars);
    } else raise(peak, sum(sidecars, own));
  }
  raise(total, peak);
  add(total, amountsOf(pod.spec?.overhead));
  return total;
}

/** scoringRequest is podRequest with assumptions for containers that state nothing. */
export function scoringRequest(pod: Pod): Amounts {
  return podRequest(pod, NON_ZERO);
}

function requestOf({ resources }: Container, assumed: Amounts): Amounts {
  const limits = amountsOf(resources?.limits);
  return new Map([...assumed, ...limits, ...amountsOf(resources?.requests)]);
}

/** add adds amounts in place. */
export function add(total: Map<string, number>, amounts: Amounts): void {
  for (const [name, amount] of amounts) total.set(name, (total.get(name) ?? 0) + amount);
}

function sum(a: Amounts, b: Amounts): Amounts {
  const total = new Map(a);
  add(total, b);
  return total;
}

function raise(total: Map<string, number>, amounts: Amounts): void {
  for (const [name, amount] of amounts) total.set(name, Math.max(total.get(name) ?? 0, amount));
}
