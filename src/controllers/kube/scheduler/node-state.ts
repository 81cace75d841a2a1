import type { Node, Pod } from '../../../apis/core/v1/types.ts';
import { type Amounts, add, amountsOf, podRequest, scoringRequest } from './pod-request.ts';

/** DEFAULT_MAX_PODS is a kubelet's default for a node that does not say. */
const DEFAULT_MAX_PODS = 110;

/** NodeState is a node with the pods that are on it, or are about to be. */
export interface NodeState {
  readonly node: Node;
  readonly name: string;
  readonly pods: readonly Pod[];
  readonly allocatable: Amounts;
  readonly maxPods: number;
  /** What the pods request. */
  readonly requested: Amounts;
  /** The same with assumptions for those that request nothing, for scoring. */
  readonly scored: Amounts;
}

/** nodeState sums up a node; pods that have ended are not to be among `pods`. */
export function nodeState(node: Node, pods: readonly Pod[]): NodeState {
  const requested = new Map<string, number>();
  const scored = new Map<string, number>();
  for (const pod of pods) {
    add(requested, podRequest(pod));
    add(scored, scoringRequest(pod));
  }
  const allocatable = amountsOf(node.status?.allocatable ?? node.status?.capacity);
  return {
    node,
    name: node.metadata.name ?? '',
    pods,
    allocatable,
    maxPods: allocatable.get('pods') ?? DEFAULT_MAX_PODS,
    requested,
    scored,
  };
}
