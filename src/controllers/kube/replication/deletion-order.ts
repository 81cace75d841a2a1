import type { Pod } from '../../../apis/core/v1/types.ts';
import { readySinceMs, restartCount } from '../pod-facts.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * inDeletionOrder sorts pods so that the ones to delete first come first: those on no node, not
 * running, not ready, cheap by annotation, crowded on one node, ready most recently, restarted most
 * often, youngest (kubernetes pkg/controller ActivePodsWithRanks). Nodes are crowded by `related`
 * pods, those to choose from included.
 */
export function inDeletionOrder(pods: readonly Pod[], related: readonly Pod[] = pods): Pod[] {
  const crowd = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName ?? '';
    crowd.set(node, (crowd.get(node) ?? 0) + 1);
  }
  const ranks = new Map(pods.map((pod) => [pod, rankOf(pod, crowd)]));
  return [...pods].sort((a, b) => compare(ranks.get(a) ?? [], ranks.get(b) ?? []));
}

/** rankOf lists the criteria in order; the smaller number goes first. */
function rankOf(pod: Pod, crowd: ReadonlyMap<string, number>): number[] {
  const { nodeName = '' } = pod.spec ?? {};
  const readySince = readySinceMs(pod);
  return [
    nodeName === '' ? 0 : 1,
    PHASE_ORDER[pod.status?.phase ?? ''] ?? 0,
    readySince === undefined ? 0 : 1,
    Number(pod.metadata.annotations?.[DELETION_COST] ?? 0) || 0,
    -(crowd.get(nodeName) ?? 0),
    -(readySince ?? 0),
    -restartCount(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? '') || 0,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, left] of a.entries()) {
    const difference = left - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
