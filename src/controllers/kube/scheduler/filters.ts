import type { ContainerPort, Node, Pod } from '../../../apis/core/v1/types.ts';
import { tolerates, UNSCHEDULABLE_TAINT } from '../taints.ts';
import { nodeSelected } from './node-selection.ts';
import type { NodeState } from './node-state.ts';
import type { PodAffinity } from './pod-affinity.ts';
import { podRequest } from './pod-request.ts';

/** Refusal is why a node does not take a pod, in the words of kube-scheduler. */
export interface Refusal {
  readonly reasons: readonly string[];
  /** True when evicting other pods would not help either. */
  readonly unresolvable: boolean;
}

/** Surroundings are what a pod's place depends on besides the node. */
export interface Surroundings {
  readonly affinity: PodAffinity;
  /** Says why a node does not suit the volumes of the pod. */
  volumes(node: Node): string | undefined;
}

/** refusalOf runs the filters in kube-scheduler's order; the first that refuses gives the reasons. */
export function refusalOf(
  pod: Pod,
  state: NodeState,
  { affinity, volumes }: Surroundings,
): Refusal | undefined {
  const fixed = placementRefusal(pod, state);
  if (fixed) return { reasons: [fixed], unresolvable: true };
  if (portsTaken(pod, state)) {
    const reason = "node(s) didn't have free ports for the requested pod ports";
    return { reasons: [reason], unresolvable: false };
  }
  const short = shortages(pod, state);
  if (short.reasons.length > 0) return short;
  const unreachable = volumes(state.node);
  if (unreachable !== undefined) return { reasons: [unreachable], unresolvable: true };
  const reason = affinity.refusal(state);
  return reason === undefined
    ? undefined
    : { reasons: [reason], unresolvable: reason.endsWith('pod affinity rules') };
}

/** placementRefusal: cordons, the node's name, taints, node selectors and affinity. */
function placementRefusal(pod: Pod, { node, name }: NodeState): string | undefined {
  const { tolerations, nodeName } = pod.spec ?? {};
  if (node.spec?.unschedulable && !tolerates(tolerations, UNSCHEDULABLE_TAINT)) {
    return 'node(s) were unschedulable';
  }
  if (nodeName && nodeName !== name) return "node(s) didn't match the requested node name";
  const taint = (node.spec?.taints ?? []).find(
    (one) =>
      (one.effect === 'NoSchedule' || one.effect === 'NoExecute') && !tolerates(tolerations, one),
  );
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!nodeSelected(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  return undefined;
}

/** shortages lists every resource that does not suffice. */
function shortages(pod: Pod, state: NodeState): Refusal {
  const reasons: string[] = [];
  if (state.pods.length + 1 > state.maxPods) reasons.push('Too many pods');
  for (const [name, wanted] of podRequest(pod)) {
    const has = state.allocatable.get(name) ?? 0;
    if (wanted === 0 || wanted <= has - (state.requested.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
  }
  return { reasons, unresolvable: false };
}

function portsTaken(pod: Pod, state: NodeState): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = state.pods.flatMap(hostPorts);
  return wanted.some((one) => taken.some((other) => portsCollide(one, other)));
}

function hostPorts(pod: Pod): ContainerPort[] {
  const containers = pod.spec?.containers ?? [];
  return containers.flatMap((one) => one.ports ?? []).filter((port) => Boolean(port.hostPort));
}

function portsCollide(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false;
  const [one, other] = [a.hostIP || '0.0.0.0', b.hostIP || '0.0.0.0'];
  return one === other || one === '0.0.0.0' || other === '0.0.0.0';
}
