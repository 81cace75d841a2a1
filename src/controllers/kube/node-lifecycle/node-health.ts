import type { Lease } from '../../../apis/coordination.k8s.io/v1/types.ts';
import type { Node, NodeCondition, Taint } from '../../../apis/core/v1/types.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const EFFECTS = ['NoSchedule', 'NoExecute'] as const;
/** The conditions that a node agent reports and that become Unknown without it. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const PRESSURE_TAINTS: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};

/** readyStatus is the status of the Ready condition: True, False or Unknown. */
export function readyStatus(node: Node): string {
  return node.status?.conditions?.find((one) => one.type === 'Ready')?.status ?? 'Unknown';
}

/** heartbeatOf changes whenever the node's agent reports, or renews its lease. */
export function heartbeatOf(node: Node, lease: Lease | undefined): string {
  const reported = (node.status?.conditions ?? []).map((one) => one.lastHeartbeatTime ?? '');
  return [...reported, lease?.spec?.renewTime ?? ''].join(' ');
}

/** unknownConditions are the conditions of a node whose agent stopped reporting. */
export function unknownConditions(node: Node, now: string): NodeCondition[] {
  const existing = node.status?.conditions ?? [];
  const unknown = REPORTED.map((type): NodeCondition => {
    const held = existing.find((one) => one.type === type);
    if (held?.status === 'Unknown') return held;
    return {
      type,
      status: 'Unknown',
      reason: held ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
      message: held ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.',
      lastHeartbeatTime: held?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? now,
      lastTransitionTime: now,
    };
  });
  return [...existing.filter((one) => !REPORTED.includes(one.type)), ...unknown];
}

/**
 * healthTaints are the taints of a node with those that its conditions call for, as
 * kube-controller-manager sets them; a taint that stays keeps the time it was added.
 */
export function healthTaints(node: Node, now: string): Taint[] {
  const existing = node.spec?.taints ?? [];
  const wanted = wantedTaints(node);
  const managed = new Set([NOT_READY, UNREACHABLE, ...Object.values(PRESSURE_TAINTS)]);
  const kept = existing.filter(
    (one) =>
      !managed.has(one.key) ||
      wanted.some((taint) => taint.key === one.key && taint.effect === one.effect),
  );
  const fresh = wanted.filter(
    (taint) => !existing.some((one) => one.key === taint.key && one.effect === taint.effect),
  );
  return [
    ...kept,
    ...fresh.map((one) => (one.effect === 'NoExecute' ? { ...one, timeAdded: now } : one)),
  ];
}

function wantedTaints(node: Node): Taint[] {
  const wanted: Taint[] = [];
  const ready = readyStatus(node);
  const key = ready === 'False' ? NOT_READY : ready === 'Unknown' ? UNREACHABLE : undefined;
  if (key) wanted.push(...EFFECTS.map((effect) => ({ key, effect })));
  for (const { type, status } of node.status?.conditions ?? []) {
    const pressure = PRESSURE_TAINTS[type];
    if (pressure && status === 'True') wanted.push({ key: pressure, effect: 'NoSchedule' });
  }
  return wanted;
}
