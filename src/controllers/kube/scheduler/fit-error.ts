import type { Refusal } from './filters.ts';

/**
 * fitMessage says why no node takes a pod, as kube-scheduler 1.26 does (two full stops and all):
 * `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: …`.
 */
export function fitMessage(refusals: readonly Refusal[]): string {
  const count = refusals.length;
  if (count === 0) return 'no nodes available to schedule pods';
  const head = `0/${count} nodes are available: `;
  const reasons = counted(refusals.flatMap((one) => one.reasons));
  const preemption = counted(
    refusals.map(({ unresolvable }) =>
      unresolvable
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  );
  return `${head}${reasons}. preemption: ${head}${preemption}..`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
