import type { Refusal } from './filters.ts';

const NO_NODES = 'no nodes available to schedule pods';

/**
 * fitMessage says why no node takes a pod, as kube-scheduler 1.34 does: `0/2 nodes are available:
 * 1 Insufficient cpu, 1 node(s) were unschedulable. no new claims to deallocate, preemption: …`.
 */
export function fitMessage(refusals: readonly Refusal[]): string {
  const count = refusals.length;
  if (count === 0) return NO_NODES;
  const head = `0/${count} nodes are available: `;
  const reasons = counted(refusals.flatMap((one) => one.reasons));
  const preemption = counted(
    refusals.map(({ unresolvable }) =>
      unresolvable
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  );
  return `${head}${reasons}. no new claims to deallocate, preemption: ${head}${preemption}.`;
}

/**
 * nowhereMessage says why a pod could run on none of so many nodes, before any was looked at; the
 * last words are upstream's for a state that was not reached.
 */
export function nowhereMessage(reason: string, nodes: number): string {
  return nodes === 0 ? NO_NODES : `0/${nodes} nodes are available: ${reason}. not found`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
