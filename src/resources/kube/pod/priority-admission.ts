import type { Pod } from '../../../apis/core/v1/types.ts';
import { newForbidden } from '../../../machinery/status-error.ts';

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const PODS = { group: '', resource: 'pods' };

/** admitPriority computes a new pod's priority from its class, as the Priority admission plugin. */
export function admitPriority(pod: Pod): void {
  const { spec } = pod;
  if (spec === undefined) return;
  const name = spec.priorityClassName ?? '';
  const computed = name === '' ? 0 : SYSTEM_CLASSES[name];
  if (computed === undefined)
    throw newForbidden(
      PODS,
      pod.metadata.name ?? '',
      `no PriorityClass with name ${name} was found`,
    );
  if (spec.priority !== undefined && spec.priority !== computed) {
    throw newForbidden(
      PODS,
      pod.metadata.name ?? '',
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`,
    );
  }
  spec.priority = computed;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const TOLERATION_SECONDS = 300;

/** admitTolerations lets a new pod stay for five minutes on a node that is lost. */
export function admitTolerations(pod: Pod): void {
  const { spec } = pod;
  if (spec === undefined) return;
  const present = spec.tolerations ?? [];
  const tolerates = (taint: string) =>
    present.some(
      ({ key = '', effect = '' }) =>
        (key === taint || key === '') && (effect === 'NoExecute' || effect === ''),
    );
  const added = TAINTS.filter((taint) => !tolerates(taint)).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: TOLERATION_SECONDS,
  }));
  if (added.length > 0) spec.tolerations = [...present, ...added];
}
