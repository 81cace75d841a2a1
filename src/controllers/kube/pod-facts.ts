import type { Pod, PodCondition } from '../../apis/core/v1/types.ts';

/** isFinished tells whether a pod has ended for good. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** isActive tells whether a pod counts for its controller: not ended and not being deleted. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** podCondition answers the condition of a type, if the pod has it. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((one) => one.type === type);
}

/** isReady tells whether the pod's Ready condition is True. */
export function isReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** readySinceMs is when the pod became ready; undefined when it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : 0;
}

/** isAvailable tells whether a pod has been ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const since = readySinceMs(pod);
  if (since === undefined) return false;
  return minReadySeconds === 0 || since + minReadySeconds * 1000 <= nowMs;
}

/** restartCount is how often the containers of a pod were restarted, at most of one of them. */
export function restartCount(pod: Pod): number {
  const counts = (pod.status?.containerStatuses ?? []).map((one) => one.restartCount);
  return Math.max(0, ...counts);
}

/** claimKeysOf answers the keys of the claims that a pod uses. */
export function claimKeysOf({ metadata, spec }: Pod): string[] {
  const prefix = `${metadata.namespace ?? ''}/`;
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [prefix + persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${prefix}${metadata.name}-${name}`];
  });
}
