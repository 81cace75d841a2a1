import type { Build, BuildCondition } from '../../../apis/build.openshift.io/v1/types.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

/** manageConditions makes a build's conditions say what its phase, reason and message say. */
export function manageConditions(draft: Build, now: Date): void {
  const { status } = draft;
  const phase = status?.phase;
  if (!status || !phase) return;
  const time = timestampOf(now);
  const { reason, message } = status;
  const conditions = (status.conditions ?? []).map((one): BuildCondition => {
    if (one.type !== phase) {
      if (one.status === 'False') return one;
      return { type: one.type, status: 'False', lastTransitionTime: time, lastUpdateTime: time };
    }
    if (one.status === 'True' && one.reason === reason && one.message === message) return one;
    return {
      ...one,
      status: 'True',
      lastUpdateTime: time,
      lastTransitionTime: one.status === 'True' ? (one.lastTransitionTime ?? time) : time,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    };
  });
  if (!conditions.some(({ type }) => type === phase)) {
    conditions.push({
      type: phase,
      status: 'True',
      lastTransitionTime: time,
      lastUpdateTime: time,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    });
  }
  status.conditions = conditions;
}
