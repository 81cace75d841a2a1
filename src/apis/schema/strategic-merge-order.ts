import { deepEqual } from '../../machinery/deep-equal.ts';
import { isJsonObject } from '../../machinery/json-value.ts';

/** sameElement compares list elements by merge key, or by value where there is none. */
export function sameElement(a: unknown, b: unknown, mergeKey: string | undefined): boolean {
  if (mergeKey !== undefined && isJsonObject(a) && isJsonObject(b))
    return deepEqual(a[mergeKey], b[mergeKey]);
  return deepEqual(a, b);
}

/**
 * orderElements arranges a merged list: elements that the patch names come in the patch's order,
 * the others in the order in which the server had them, and where the two orders do not decide
 * the patch's elements come first. This is the order of upstream's strategic merge.
 */
export function orderElements(
  merged: readonly unknown[],
  { patch, server, mergeKey }: ElementOrders,
): unknown[] {
  const position = (list: readonly unknown[], element: unknown) =>
    list.findIndex((one) => sameElement(one, element, mergeKey));
  const named = merged
    .filter((one) => position(patch, one) >= 0)
    .sort((a, b) => position(patch, a) - position(patch, b));
  const others = merged
    .filter((one) => position(patch, one) < 0)
    .sort((a, b) => position(server, a) - position(server, b));
  const result: unknown[] = [];
  while (named.length > 0 || others.length > 0) {
    const [mine, theirs] = [position(server, named[0]), position(server, others[0])];
    const takeOther =
      named.length === 0 || (others.length > 0 && mine >= 0 && theirs >= 0 && theirs < mine);
    result.push(takeOther ? others.shift() : named.shift());
  }
  return result;
}

/** ElementOrders are the two orders that orderElements reconciles. */
export interface ElementOrders {
  readonly patch: readonly unknown[];
  readonly server: readonly unknown[];
  /** Undefined for lists of scalars. */
  readonly mergeKey: string | undefined;
}
