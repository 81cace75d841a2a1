import { type Amounts, addAmounts, amountsOf, raiseAmounts } from './resource-amounts.ts';
import { isHugePages } from './resource-names.ts';
import type { PodSpec } from './types.ts';

type Part = 'requests' | 'limits';

const POD_LEVEL = (name: string) => name === 'cpu' || name === 'memory' || isHugePages(name);

/**
 * podAmounts is what a whole pod asks for, or is limited to: its containers together, or more
 * where an init container needs more, or what the pod says itself. Sidecars count with both.
 * Without the overhead of its runtime class.
 */
export function podAmounts(spec: PodSpec, part: Part): Amounts {
  const total: Amounts = new Map();
  for (const { resources } of spec.containers ?? [])
    addAmounts(total, amountsOf(resources?.[part]));
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const own = amountsOf(resources?.[part]);
    if (restartPolicy === 'Always') {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      raiseAmounts(initial, sidecars);
    } else {
      addAmounts(own, sidecars);
      raiseAmounts(initial, own);
    }
  }
  raiseAmounts(total, initial);
  for (const [name, amount] of amountsOf(spec.resources?.[part]))
    if (POD_LEVEL(name)) total.set(name, amount);
  return total;
}

/** podAmountsWithOverhead is podAmounts with what the pod's runtime needs for itself. */
export function podAmountsWithOverhead(spec: PodSpec, part: Part): Amounts {
  const total = podAmounts(spec, part);
  const overhead = amountsOf(spec.overhead);
  if (part === 'limits')
    for (const name of [...overhead.keys()]) if (!total.has(name)) overhead.delete(name);
  addAmounts(total, overhead);
  return total;
}
